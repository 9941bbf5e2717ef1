import { type LocalDatabase, openSqlite } from './database.ts';

/** One file holds the job table and the queues. Paths and keys compare as UTF-8 bytes: SQLite's default collation. */
const migrations = [
  `
  CREATE TABLE jobs (
    n INTEGER PRIMARY KEY,
    owner TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    settings TEXT NOT NULL,
    state TEXT NOT NULL,
    sealed INTEGER NOT NULL,
    retrying INTEGER NOT NULL,
    expected INTEGER NOT NULL,
    done INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    failure TEXT,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    UNIQUE (owner, id)
  ) STRICT;
  CREATE INDEX jobs_by_age ON jobs (owner, created_at, n);
  CREATE INDEX jobs_running ON jobs (n) WHERE state IN ('uploading', 'processing', 'packaging');

  CREATE TABLE files (
    job INTEGER NOT NULL,
    path TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    state TEXT NOT NULL,
    failure TEXT,
    generation INTEGER,
    PRIMARY KEY (job, path)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX files_not_done ON files (job, state, path) WHERE state <> 'done';

  CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    queue TEXT NOT NULL,
    dead INTEGER NOT NULL,
    visible_at INTEGER NOT NULL,
    receives INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX messages_next ON messages (queue, dead, visible_at, id);
  `,
  `
  ALTER TABLE jobs ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX jobs_running_of_owner ON jobs (owner) WHERE state IN ('uploading', 'processing', 'packaging');

  CREATE TABLE usage (
    owner TEXT NOT NULL,
    day TEXT NOT NULL,
    jobs INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (owner, day)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE answers (
    owner TEXT NOT NULL,
    key TEXT NOT NULL,
    request TEXT NOT NULL,
    until INTEGER NOT NULL,
    status INTEGER,
    body TEXT,
    PRIMARY KEY (owner, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX answers_by_age ON answers (until);
  `,
  `
  CREATE TABLE removed_jobs (
    owner TEXT NOT NULL,
    id TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (owner, id)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  ALTER TABLE jobs ADD COLUMN left_out INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE messages ADD COLUMN delay INTEGER NOT NULL DEFAULT 0;
  `,
  'ALTER TABLE files ADD COLUMN identity TEXT;',
  'ALTER TABLE jobs ADD COLUMN note TEXT;',
  `
  CREATE TABLE shares (
    job INTEGER NOT NULL,
    member TEXT NOT NULL,
    member_email TEXT NOT NULL,
    owner_email TEXT NOT NULL,
    shared_at INTEGER NOT NULL,
    PRIMARY KEY (job, member)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX shares_of_member ON shares (member, shared_at);
  `,
  `
  CREATE TABLE model_versions (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    version TEXT NOT NULL
  ) STRICT;
  CREATE TABLE model_lines (
    name TEXT PRIMARY KEY,
    line TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  'ALTER TABLE usage ADD COLUMN files INTEGER NOT NULL DEFAULT 0;',
  'ALTER TABLE files ADD COLUMN notes TEXT;',
  `
  CREATE TABLE figures (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    scope TEXT NOT NULL,
    until INTEGER,
    figure TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX figures_of_owner ON figures (owner, id);
  CREATE INDEX figures_of_scope ON figures (scope, id);
  CREATE INDEX figures_by_end ON figures (until, id) WHERE until IS NOT NULL;
  `,
  `
  ALTER TABLE jobs ADD COLUMN storage TEXT;
  ALTER TABLE jobs ADD COLUMN look_at INTEGER;
  CREATE INDEX jobs_to_look_at ON jobs (look_at) WHERE look_at IS NOT NULL;
  `,
  `
  CREATE TABLE picture_people (
    owner TEXT PRIMARY KEY,
    data TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE pictures (
    owner TEXT NOT NULL,
    id TEXT NOT NULL,
    number INTEGER NOT NULL,
    list TEXT,
    changed_at INTEGER NOT NULL,
    due_at INTEGER,
    data TEXT NOT NULL,
    PRIMARY KEY (owner, id)
  ) STRICT;
  CREATE INDEX pictures_by_number ON pictures (owner, number);
  CREATE INDEX pictures_due ON pictures (due_at) WHERE due_at IS NOT NULL;
  CREATE INDEX pictures_listed ON pictures (list, changed_at, owner, id) WHERE list IS NOT NULL;
  CREATE TABLE picture_displays (
    owner TEXT NOT NULL,
    n INTEGER NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (owner, n)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE agreement_records (
    owner TEXT NOT NULL,
    n INTEGER NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (owner, n)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE agreement_versions (
    agreement TEXT NOT NULL,
    version INTEGER NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (agreement, version)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE base_resources (
    recipe TEXT NOT NULL,
    id TEXT NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (recipe, id)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE plan_requests (
    person TEXT PRIMARY KEY,
    plan TEXT NOT NULL,
    asked_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE data_sets (
    owner TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    asked_at INTEGER,
    data TEXT NOT NULL,
    PRIMARY KEY (owner, id),
    UNIQUE (owner, name)
  ) STRICT;
  CREATE INDEX data_sets_training ON data_sets (asked_at) WHERE asked_at IS NOT NULL;
  `,
  'ALTER TABLE files ADD COLUMN machine TEXT;',
];

/** The database of localJobStore, localQueue, localUsage, localKeptAnswers, localModels, localFigures, localPictures, localPlanRequests and localDataSets. */
export const openLocalDatabase = (file: string, options?: { durable?: boolean }): LocalDatabase =>
  openSqlite(file, migrations, options);
