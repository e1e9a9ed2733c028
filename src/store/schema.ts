// The tables. They only grow: each step is added at the end, and none is ever changed. A database that is ahead of us is as good as one that
// is level: every statement names its columns and ignores the others, so two versions may write one file at once.

import type { DatabaseSync } from 'node:sqlite'

/** Step n leads to version n + 1. A column that a later step adds is nullable or has a default: older writers don't know it. */
export const steps: readonly string[] = [
  `create table calls (
     id text not null primary key,
     org text not null default 'default',
     journal text not null,
     seq integer,
     settled_seq integer,
     opened_at integer not null,
     settled_at integer,
     session text,
     backend text,
     target text,
     name text,
     client text,
     client_id text,
     outcome text,
     is_error integer,
     fault text,
     opened text,
     settled text
   );
   create index calls_by_time on calls (opened_at);
   create index calls_open on calls (opened_at) where outcome is null;
   create table notes (
     journal text not null,
     segment integer not null,
     offset integer not null,
     org text not null default 'default',
     seq integer not null,
     at integer not null,
     note text not null,
     line text not null,
     primary key (journal, segment, offset)
   );
   create index notes_by_time on notes (at);
   create table remembered (
     config text not null,
     capabilities text not null,
     org text not null default 'default',
     backend text not null,
     era text not null,
     revision text not null,
     at integer not null,
     text text not null,
     primary key (config, capabilities)
   );
   create index remembered_by_backend on remembered (backend);
   create table journals (
     journal text not null primary key,
     segment integer not null,
     bytes integer not null,
     seq integer not null,
     hash text not null,
     at integer not null,
     anchor_seq integer,
     anchor_hash text
   );
   create table meta (key text not null primary key, value text not null);`,
  `create table budgets (
     key text not null,
     taker text not null,
     org text not null default 'default',
     spent text not null,
     over_at integer not null,
     primary key (key, taker)
   );`,
  `create table logins (
     id text not null primary key,
     org text not null default 'default',
     backend text not null,
     version integer not null,
     state text not null,
     reason text,
     at integer not null,
     expires_at integer,
     wanted text,
     sealed text not null,
     lease text,
     leased_until integer
   );`,
  `create table approvals (
     id text not null primary key,
     org text not null default 'default',
     binding text not null,
     principal text not null,
     client text not null,
     backend text not null,
     method text not null,
     target text not null,
     schema_hash text not null,
     arguments_hash text not null,
     rule text not null,
     call text not null,
     session text not null,
     reason text not null,
     earlier text,
     asked_at integer not null,
     expires_at integer not null,
     sealed text,
     decision text,
     answered_by text,
     via text,
     answered_at integer,
     why text,
     edited text,
     edited_hash text,
     used_by text,
     used_at integer,
     settled_at integer
   );
   create index approvals_by_binding on approvals (binding, asked_at);
   create index approvals_by_end on approvals (expires_at);
   create table answers (
     id text not null primary key,
     org text not null default 'default',
     approval text not null,
     principal text not null,
     client text not null,
     backend text not null,
     method text not null,
     target text not null,
     schema_hash text not null,
     rule text not null,
     span text not null,
     session text,
     pins text not null,
     sealed text,
     given_by text not null,
     at integer not null,
     used_at integer not null,
     until_at integer
   );`,
  // What a call carried is a note about it: an older version indexes it, proves it and takes it away with the others.
  `alter table notes add column call text;
   create index notes_of_calls on notes (call) where call is not null;
   create index notes_of_no_call on notes (journal) where note = 'payload' and call is null;
   create index notes_themselves on notes (at) where note <> 'payload';`,
  `create table keys (
     name text not null primary key,
     org text not null default 'default',
     hash text not null unique,
     shown text not null,
     roles text not null,
     allow text not null,
     backends text not null,
     rate text,
     operator integer not null default 0,
     created_at integer not null,
     expires_at integer,
     revoked_at integer,
     used_at integer
   );`,
  `create table pins (
     config text not null,
     tool text not null,
     org text not null default 'default',
     backend text not null,
     state text not null,
     hash text,
     definition text,
     earlier text not null default '[]',
     offered_hash text,
     offered text,
     why text,
     first_at integer not null,
     offered_at integer,
     decided_at integer,
     decided_by text,
     primary key (config, tool)
   );
   create index pins_held on pins (config) where state <> 'pinned';
   create index pins_by_backend on pins (backend, config);`,
  // An older version asks and answers without: what it has answered holds for no call of ours.
  `alter table approvals add column config text;
   alter table answers add column config text;`,
  `alter table approvals add column roles text;`,
  // What was ever called, see totals.ts; an older version indexes without counting, and leaves `counted` behind.
  `create table totals (
     backend text not null,
     target text not null,
     org text not null default 'default',
     since integer not null,
     calls integer not null default 0,
     answered integer not null default 0,
     errors integer not null default 0,
     refused integer not null default 0,
     failed integer not null default 0,
     cancelled integer not null default 0,
     bytes integer not null default 0,
     argument_bytes integer not null default 0,
     primary key (backend, target)
   );
   alter table journals add column counted integer;`,
]

const version = (db: DatabaseSync): number => Number(db.prepare('pragma user_version').get()!.user_version)

/** Brings the tables up to these steps, in one transaction; leaves a database alone that has them all, or more. */
export function grow(db: DatabaseSync, known: readonly string[] = steps): void {
  if (version(db) >= known.length) return
  if (version(db) === 0) db.exec('pragma auto_vacuum = incremental; pragma journal_mode = wal')
  db.exec('begin immediate')
  try {
    for (const step of known.slice(version(db))) db.exec(step)
    if (version(db) < known.length) db.exec(`pragma user_version = ${known.length}`)
    db.exec('commit')
  } catch (error) {
    db.exec('rollback')
    throw error
  }
}
