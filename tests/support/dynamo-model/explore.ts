import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { directClient } from './answering-client.ts';
import type { Item } from './expressions.ts';
import { DynamoModel } from './model.ts';

/** What an actor works with: a client whose requests stop until they are chosen, and a step of its own making. */
export interface Stage {
  client: DynamoDBClient;
  step: <T>(name: string, work: () => T) => Promise<T>;
}

export interface Scenario<R> {
  /** What the table holds at first. */
  items: readonly Item[];
  /** Each does its work once; all at the same time. */
  actors: ((stage: Stage) => Promise<unknown>)[];
  /** Which requests are steps; the others are answered at once, together with the step before them. */
  isStep: (action: string, input: unknown) => boolean;
  /** The first actor may die before any of its writes and messages. */
  mayDie: boolean;
  /** Looks at the end; throws where it is wrong. `outcomes`: undefined of the one that died. */
  end: (model: DynamoModel, outcomes: readonly unknown[], isDead: boolean, path: readonly string[]) => Promise<R>;
}

interface Waiting {
  actor: number;
  name: string;
  run: () => unknown;
  settle: (outcome: PromiseSettledResult<unknown>) => void;
}

const death = 'death';

/**
 * Takes the actors through every order of their steps that makes a difference: two ways to the same contents of the table
 * and the same answers to each actor go on alike, and are followed once. Returns how many states and ends there were.
 */
export async function explore<R>(scenario: Scenario<R>): Promise<{ states: number; ends: R[] }> {
  const seen = new Set<string>();
  const ends: R[] = [];
  const open: string[][] = [[]];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const run = new Run(scenario);
    await run.begin();
    for (const choice of path) await run.take(choice);
    for (;;) {
      const state = run.state();
      if (seen.has(state)) break;
      seen.add(state);
      const choices = run.choices();
      if (choices.length === 0) {
        ends.push(await scenario.end(run.model, await run.outcomes(), run.isDead, run.path));
        break;
      }
      for (const other of choices.slice(1)) open.push([...run.path, other]);
      await run.take(choices[0]!);
    }
    run.leave();
  }
  return { states: seen.size, ends };
}

class Run<R> {
  readonly model = new DynamoModel();
  readonly path: string[] = [];
  isDead = false;
  readonly #scenario: Scenario<R>;
  readonly #logs: string[][];
  readonly #ended: (PromiseSettledResult<unknown> | undefined)[];
  #waiting: Waiting[] = [];

  constructor(scenario: Scenario<R>) {
    this.#scenario = scenario;
    this.#logs = scenario.actors.map(() => []);
    this.#ended = scenario.actors.map(() => undefined);
    for (const item of scenario.items) this.model.items.set(item.pk!.S!, item.sk!.S!, item);
  }

  async begin(): Promise<void> {
    for (const [actor, work] of this.#scenario.actors.entries()) {
      const stop = <T>(name: string, run: () => T) =>
        new Promise<T>((resolve, reject) => {
          const settle = (outcome: PromiseSettledResult<unknown>) =>
            outcome.status === 'fulfilled' ? resolve(outcome.value as T) : reject(outcome.reason);
          this.#waiting.push({ actor, name, run, settle });
        });
      const client = directClient(async (action, input) => {
        const answer = () => this.model.answer(action, input).output;
        return this.#scenario.isStep(action, input) ? stop(`${action} ${digest(input)}`, answer) : answer();
      });
      work({ client, step: stop }).then(
        (value) => (this.#ended[actor] = { status: 'fulfilled', value }),
        (reason) => (this.#ended[actor] = { status: 'rejected', reason }),
      );
    }
    await this.#quiet();
  }

  /** Until everybody waits for a choice, or has ended. */
  async #quiet(): Promise<void> {
    const isBusy = () =>
      this.#ended.some(
        (end, actor) =>
          end === undefined && !(this.isDead && actor === 0) && !this.#waiting.some((each) => each.actor === actor),
      );
    for (let still = 0; still < 2; still = isBusy() ? 0 : still + 1) await turn();
  }

  choices(): string[] {
    const names = this.#waiting.map(({ actor, name }) => `${actor} ${name}`);
    // Who dies before a read leaves the same behind as who dies before the write that follows.
    const writes = this.#waiting.some(({ actor, name }) => actor === 0 && !/^(Get|Query)/.test(name));
    const mayDie = this.#scenario.mayDie && !this.isDead && writes;
    return [...names, ...(mayDie ? [death] : [])];
  }

  async take(choice: string): Promise<void> {
    this.path.push(choice);
    if (choice === death) {
      this.isDead = true;
      this.#waiting = this.#waiting.filter(({ actor }) => actor !== 0);
      return;
    }
    const at = this.#waiting.findIndex(({ actor, name }) => `${actor} ${name}` === choice);
    const [{ actor, name, run, settle }] = this.#waiting.splice(at, 1) as [Waiting];
    let outcome: PromiseSettledResult<unknown>;
    try {
      outcome = { status: 'fulfilled', value: run() };
    } catch (reason) {
      outcome = { status: 'rejected', reason };
    }
    this.#logs[actor]!.push(`${name} ${JSON.stringify(outcome)}`);
    settle(outcome);
    await this.#quiet();
  }

  /** The table, and what each actor was answered: what goes on from here depends on nothing else. Ids count by their order. */
  state(): string {
    const items = this.model.items
      .all()
      .map((item) => JSON.stringify(item))
      .sort();
    const text = JSON.stringify([
      items,
      this.#logs,
      this.isDead,
      this.#waiting.map(({ actor, name }) => [actor, name]),
    ]);
    return createHash('sha256').update(withoutIds(text)).digest('base64');
  }

  async outcomes(): Promise<unknown[]> {
    return this.#ended.map((end) => {
      if (end?.status === 'rejected') throw end.reason;
      return end?.value;
    });
  }

  /** Whoever still waits is left alone for good. */
  leave(): void {
    this.#waiting = [];
  }
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

function withoutIds(text: string): string {
  const order = new Map<string, number>();
  return text.replace(uuid, (id) => {
    const known = order.get(id) ?? order.size;
    order.set(id, known);
    return `id${known}`;
  });
}

/** Names a request the same in every run: its own ids are random. */
const digest = (input: unknown): string =>
  createHash('sha256').update(JSON.stringify(input).replace(uuid, 'id')).digest('base64').slice(0, 10);
