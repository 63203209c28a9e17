import { Argument, Command } from "commander";
import { candidates } from "./candidates.ts";

/**
 * What a shell runs on Tab: it hands over the words before the cursor and takes the lines that come back, each a word and
 * its description. Without a line it completes files. Where the program is not on PATH, npx finds it in the shop.
 */
const scripts = {
  bash: `_pressurevalve() {
  local line run=("\${COMP_WORDS[0]}")
  type -P -- "\${run[0]}" >/dev/null || run=(npx --no pressurevalve)
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("\${line%%$'\\t'*}")
  done < <("\${run[@]}" complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _pressurevalve pressurevalve
`,
  zsh: `#compdef pressurevalve
_pressurevalve() {
  local line
  local -a run=("$words[1]") found
  whence -p -- "$words[1]" >/dev/null || run=(npx --no pressurevalve)
  for line in "\${(@f)$("\${run[@]}" complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -n $line ]] && found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  if (( $#found )); then _describe pressurevalve found; else _files; fi
}
if [[ $funcstack[1] = _pressurevalve ]]; then _pressurevalve "$@"; else compdef _pressurevalve pressurevalve; fi
`,
  fish: `function __pressurevalve_find
    set -l words (commandline -opc) (commandline -ct)
    set -l run $words[1]
    type -q -f -- "$run"; or set run npx --no pressurevalve
    set -g __pressurevalve_found ($run complete -- $words[2..-1] 2>/dev/null)
    test (count $__pressurevalve_found) -gt 0
end
complete -c pressurevalve -n __pressurevalve_find -f -a '$__pressurevalve_found'
`,
};

/** `pressurevalve completion bash|zsh|fish` prints what a shell's start-up file takes in. */
export function completionCommand(): Command {
  return new Command("completion")
    .description("print the script that completes commands, options, environments and services on Tab")
    .addArgument(new Argument("<shell>", "which shell").choices(Object.keys(scripts)))
    .action((shell: keyof typeof scripts) => void process.stdout.write(scripts[shell]));
}

/** What those scripts call. */
export function completeCommand(): Command {
  return new Command("complete")
    .description("print what may stand in the place of the last word, a line each; for completion scripts")
    .argument("[words...]", "the words before the cursor, after --")
    .action(async (words: string[]) => {
      // Half a shop is on the screen, not a place for its problems.
      const found = await candidates(words).catch(() => []);
      process.stdout.write(found.map(({ value, description }) => `${value}\t${description}\n`).join(""));
    });
}
