-- Many sellers and products from one file: kept as it came, checked row by row beside the requests, shown with
-- all that is wrong, applied whole or not at all.

create table imports (
    id            uuid primary key,
    -- SHA-256 of the file.
    digest        text not null,
    file_name     text not null,
    state         text not null constraint imports_state_known
                  check (state in ('waiting', 'checked', 'approved', 'applied')),
    uploaded_by   uuid not null references people,
    -- A cooperative brings its own goods; officers bring anybody's.
    seller_id     uuid references sellers,
    -- The communes that the officer looks after; empty: the whole province.
    communes      integer[] not null,
    -- Which column of the sheet each field stands in: {"products": {"price_vnd": "E"}}.
    columns       jsonb not null,
    rows          integer not null constraint imports_rows_some check (rows > 0),
    done          integer not null default 0,
    created_at    timestamptz not null,
    applied_at    timestamptz,
    -- A process works on it; another may take over after that.
    claimed_until timestamptz,
    constraint imports_progress check (done between 0 and rows),
    constraint imports_applied_at check ((state = 'applied') = (applied_at is not null))
);
create index imports_listed on imports (created_at desc);
create index imports_of_seller on imports (seller_id, created_at desc) where seller_id is not null;
create index imports_due on imports (created_at) where state in ('waiting', 'approved');
create unique index imports_applied_once on imports (digest, coalesce(seller_id, '00000000-0000-0000-0000-000000000000'))
    where state = 'applied';

create table import_rows (
    import_id uuid not null references imports on delete cascade,
    sheet     text not null constraint import_rows_sheet_known check (sheet in ('sellers', 'products')),
    -- As the spreadsheet numbers it; the heading is row 1.
    number    integer not null,
    fields    jsonb not null,
    -- What it comes to: new, known already and left alone, or wrong.
    outcome   text constraint import_rows_outcome_known check (outcome in ('new', 'known', 'wrong')),
    errors    jsonb not null default '[]',
    constraint import_rows_pkey primary key (import_id, sheet, number),
    constraint import_rows_wrong check (outcome is distinct from 'wrong' or errors <> '[]')
);
create index import_rows_wrong_first on import_rows (import_id, sheet desc, number) where outcome = 'wrong';
