const typescript = {
  extensionsToTreatAsEsm: [".ts"],
  modulePathIgnorePatterns: ["<rootDir>/.local/"],
  transform: {
    "\\.ts$": [
      "@swc/jest",
      {
        jsc: {
          target: "es2023",
          parser: { syntax: "typescript" },
          experimental: { keepImportAttributes: true },
        },
        module: { type: "es6" },
      },
    ],
  },
};

export default {
  // For a test that hangs. Jest's own five seconds are over on a machine that does other work, too.
  testTimeout: 60_000,
  projects: [
    {
      ...typescript,
      displayName: "fast",
      testMatch: ["<rootDir>/test/**/*.test.ts"],
      testPathIgnorePatterns: ["<rootDir>/test/e2e/"],
    },
    {
      ...typescript,
      displayName: "e2e",
      testEnvironment: "<rootDir>/test/e2e/environment.js",
      testMatch: ["<rootDir>/test/e2e/**/*.test.ts"],
    },
  ],
};
