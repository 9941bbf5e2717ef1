/**
 * Shape of the one DynamoDB table: what infra makes and what adapters/aws reads and writes. Jobs, their files, shares,
 * usage counters, kept answers, the registry of models, cards of the gallery, pictures of people and what machines cost live in it. All keys are strings. Every index is sparse; no key of the two global ones
 * changes while a job runs, so that finished files cost them nothing.
 */
export const table = {
  partitionKey: 'pk',
  sortKey: 'sk',
  /** Seconds since 1970 at which DynamoDB forgets an item. */
  ttl: 'expiresAt',
  /** Global. They hold keys only. */
  indexes: {
    /** Jobs of one owner, by their making; shares of one member, by the time; public cards of the gallery. */
    owner: { name: 'owner', partitionKey: 'ownerKey', sortKey: 'ownerSort', projection: 'KEYS_ONLY' },
    /** Jobs that have not ended, and jobs that were removed, by owner and id; the partition is one of a few. Shares and cards of one owner, by the time. */
    open: { name: 'open', partitionKey: 'openKey', sortKey: 'openSort', projection: 'KEYS_ONLY' },
  },
  localIndexes: {
    /** Files of one job that are not done, by state and path; cards of the gallery by their end. Local, because its reads must be consistent. */
    undone: { name: 'undone', sortKey: 'undoneSort', projection: 'ALL' },
  },
} as const;

/** Partition keys of what is good once (ports/one-time-store) begin so: a role may be held to them. */
export const oneTimePrefix = 'once#';

/** What a call reaches: the table itself, or one of its indexes. */
export type TablePart = 'table' | keyof typeof table.indexes | keyof typeof table.localIndexes;
type Actions = { readonly [P in TablePart]?: readonly string[] };

const changeRow = { table: ['GetItem', 'UpdateItem'] } as const satisfies Actions;

/**
 * DynamoDB's actions of each method of the stores in the table (ports/job-store, share-store, usage, models, figures, pictures, fleet, idempotency-store). A transaction
 * counts as the writes in it.
 */
export const tableActions = {
  jobs: {
    create: { table: ['PutItem'] },
    get: { table: ['GetItem'] },
    list: { owner: ['Query'], table: ['BatchGetItem'] },
    running: { open: ['Query'] },
    files: { table: ['GetItem', 'Query'], undone: ['Query'] },
    file: { table: ['BatchGetItem', 'GetItem'] },
    expect: { table: ['BatchGetItem', 'GetItem', 'PutItem', 'UpdateItem'] },
    describe: changeRow,
    submit: changeRow,
    seal: changeRow,
    finishFile: { table: ['BatchGetItem', 'GetItem', 'UpdateItem'], undone: ['Query'] },
    startPackaging: { ...changeRow, undone: ['Query'] },
    complete: changeRow,
    fail: changeRow,
    cancel: changeRow,
    expire: changeRow,
    reopen: { ...changeRow, undone: ['Query'] },
    resetFailed: { table: ['BatchGetItem', 'GetItem', 'UpdateItem'], undone: ['Query'] },
    resume: changeRow,
    stuck: { open: ['Query'], table: ['BatchGetItem'] },
    touch: changeRow,
    remove: { table: ['BatchWriteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'] },
    moveStorage: changeRow,
    storageWaiting: { open: ['Query'], table: ['BatchGetItem'] },
    removed: { open: ['Query'], table: ['BatchGetItem'] },
    forget: { table: ['DeleteItem'] },
  },
  shares: {
    add: { table: ['GetItem', 'PutItem'] },
    remove: { table: ['DeleteItem'] },
    find: { owner: ['Query'], table: ['BatchGetItem'] },
    ofJob: { table: ['Query'] },
    withMember: { owner: ['Query'], table: ['BatchGetItem'] },
    byOwner: { open: ['Query'], table: ['BatchGetItem'] },
  },
  usage: {
    spend: { table: ['UpdateItem'] },
    of: { table: ['GetItem'] },
    total: { table: ['Query'] },
    forgetOwner: { table: ['DeleteItem'] },
    forget: { table: ['BatchWriteItem', 'Query'] },
  },
  models: {
    add: { table: ['PutItem'] },
    get: { table: ['GetItem'] },
    all: { table: ['Query'] },
    startCheck: changeRow,
    accept: changeRow,
    startBuild: changeRow,
    followBuild: changeRow,
    endBuild: changeRow,
    refuse: changeRow,
    checkAgain: changeRow,
    offer: changeRow,
    retire: changeRow,
    forgetPerson: { table: ['GetItem', 'Query', 'UpdateItem'] },
  },
  figures: {
    add: { table: ['PutItem'] },
    get: { table: ['GetItem'] },
    replace: { table: ['PutItem'] },
    remove: { table: ['DeleteItem'] },
    list: { table: ['BatchGetItem', 'Query'], owner: ['Query'] },
    byOwner: { open: ['Query'], table: ['BatchGetItem'] },
    over: { undone: ['Query'] },
  },
  spending: {
    add: { table: ['UpdateItem'] },
    spent: { table: ['GetItem'] },
  },
  pictures: {
    add: { table: ['GetItem', 'PutItem', 'UpdateItem'] },
    get: { table: ['GetItem'] },
    take: { table: ['GetItem', 'PutItem', 'Query', 'UpdateItem'] },
    remove: { table: ['DeleteItem', 'GetItem'] },
    list: { table: ['BatchGetItem', 'Query'] },
    person: { table: ['GetItem'] },
    history: { table: ['Query'] },
    inList: { owner: ['Query'], table: ['BatchGetItem'] },
    due: { open: ['Query'], table: ['BatchGetItem'] },
    decide: { table: ['GetItem', 'PutItem', 'UpdateItem'] },
    records: { table: ['Query'] },
    forgetOwner: { table: ['BatchWriteItem', 'Query'] },
  },
  agreements: {
    publish: { table: ['PutItem', 'Query'] },
    versions: { table: ['Query'] },
  },
  bases: {
    add: { table: ['PutItem'] },
    list: { table: ['Query'] },
    remove: { table: ['DeleteItem'] },
  },
  oneTime: {
    put: { table: ['PutItem'] },
    take: { table: ['DeleteItem'] },
  },
  answers: {
    claim: { table: ['PutItem'] },
    keep: { table: ['UpdateItem'] },
    release: { table: ['DeleteItem'] },
    forgetOwner: { table: ['BatchWriteItem', 'Query'] },
  },
} as const satisfies Record<string, Record<string, Actions>>;
