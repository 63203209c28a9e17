import { type AliasEvent, EVENT_ID, type Event, YAMLException } from "js-yaml";

/** Where the objects of a document begin, as positions in its source. */
export interface Outline {
  readonly start: number;
  /** Of each entry of the list under the field `items`. */
  readonly items: readonly number[];
}

/** How many nodes aliases may still stand for: a kilobyte of them can stand for more than any memory holds. */
export interface AliasAllowance {
  nodes: number;
}

export const mostAliased = 1_000_000;

/**
 * Walks through the events of a source before any value is made of them.
 * @throws YAMLException where an alias stands for what it is in, or aliases stand for more than is allowed
 */
export function outlinesOf(events: readonly Event[], source: string, allowance: AliasAllowance): Outline[] {
  const walk = new Walk(events, source, allowance.nodes);
  const outlines: Outline[] = [];
  while (!walk.isOver) outlines.push(walk.document());
  allowance.nodes -= walk.aliased;
  return outlines;
}

class Walk {
  /** What aliases have stood for so far, in nodes. */
  aliased = 0;
  private index = 0;
  /** What an alias of each anchor stands for, in nodes; what is still open has no size yet. */
  private sizes = new Map<string, number>();
  private readonly events: readonly Event[];
  private readonly source: string;
  private readonly mostAliased: number;

  constructor(events: readonly Event[], source: string, mostAliased: number) {
    this.events = events;
    this.source = source;
    this.mostAliased = mostAliased;
  }

  get isOver(): boolean {
    return this.index >= this.events.length;
  }

  document(): Outline {
    this.sizes = new Map();
    this.next();
    const start = positionOf(this.peek());
    const items = this.peek().type === EVENT_ID.MAPPING ? this.rootItems() : [];
    this.rest();
    return { start, items };
  }

  private rootItems(): number[] {
    this.next();
    const items: number[] = [];
    while (this.peek().type !== EVENT_ID.POP) {
      const isItems = this.isScalar("items");
      this.node();
      if (isItems && this.peek().type === EVENT_ID.SEQUENCE) items.push(...this.starts());
      else this.node();
    }
    this.next();
    return items;
  }

  private starts(): number[] {
    this.next();
    const starts: number[] = [];
    while (this.peek().type !== EVENT_ID.POP) {
      starts.push(positionOf(this.peek()));
      this.node();
    }
    this.next();
    return starts;
  }

  /** Passes one node with all that it holds; its size counts each alias as what it stands for. */
  private node(): number {
    const event = this.next();
    if (event.type === EVENT_ID.ALIAS) return this.alias(event);
    const name = this.anchorOf(event);
    if (name !== "") this.sizes.set(name, Number.NaN);
    const size = 1 + (event.type === EVENT_ID.SCALAR ? 0 : this.rest());
    if (name !== "") this.sizes.set(name, size);
    return size;
  }

  /** Passes what an open collection still holds, and its end. */
  private rest(): number {
    let size = 0;
    while (this.peek().type !== EVENT_ID.POP) size += this.node();
    this.next();
    return size;
  }

  private alias(event: AliasEvent): number {
    const name = this.anchorOf(event);
    const size = this.sizes.get(name) ?? this.refuse(event, `alias *${name} stands for nothing before it`);
    if (Number.isNaN(size)) this.refuse(event, `alias *${name} stands for what it is in`);
    this.aliased += size;
    if (this.aliased > this.mostAliased)
      this.refuse(
        event,
        `aliases stand for more than the ${this.mostAliased} nodes that this run may still hold`,
      );
    return size;
  }

  private refuse(event: AliasEvent, reason: string): never {
    return YAMLException.throwAt(this.source, event.anchorStart, reason);
  }

  private anchorOf(event: Event): string {
    return "anchorStart" in event && event.anchorStart >= 0
      ? this.source.slice(event.anchorStart, event.anchorEnd)
      : "";
  }

  private isScalar(text: string): boolean {
    const event = this.peek();
    return event.type === EVENT_ID.SCALAR && this.source.slice(event.valueStart, event.valueEnd) === text;
  }

  private peek(): Event {
    return this.events[this.index] as Event;
  }

  private next(): Event {
    const event = this.peek();
    this.index += 1;
    return event;
  }
}

/** An empty value has none of its own. */
function positionOf(event: Event): number {
  if ("anchorStart" in event && event.anchorStart >= 0) return event.anchorStart;
  if ("start" in event) return event.start;
  return "valueStart" in event ? Math.max(event.valueStart, 0) : 0;
}
