-- Files that nobody names any more, and photographs that arrive in pieces.

-- Each name that a row of ours has given a file of the object store. What no row names is swept, and a name that
-- was swept is never given again: whoever stores the same picture meanwhile takes another name, so that a file
-- can be removed at any time after this table says so, without a lock on the store.
create table stored_files (
    -- Compared byte by byte: names are looked for by what they begin with.
    key      text collate "C" primary key,
    -- Null: in use, or may be.
    swept_at timestamptz
);
create index stored_files_swept on stored_files (swept_at) where swept_at is not null;

alter table photo_variants alter column key type text collate "C";
create index photo_variants_key on photo_variants (key);
create index papers_file on papers ((('papers/' || id::text) collate "C"));

insert into stored_files (key)
    select key from photo_variants
    union
    select 'papers/' || id::text from papers;

alter table photo_variants add constraint photo_variants_file_noted foreign key (key) references stored_files;

-- A row that named a swept file would show nothing. The lock has a sweep wait until this row counts.
create function refuse_swept_file() returns trigger language plpgsql as $$
declare
    named text := case tg_table_name when 'papers' then 'papers/' || (to_jsonb(new)->>'id') else to_jsonb(new)->>'key' end;
    swept timestamptz;
begin
    select swept_at into swept from stored_files where key = named for share;
    if swept is not null then
        raise exception 'the file % was swept', named using errcode = 'integrity_constraint_violation', constraint = tg_name;
    end if;
    return new;
end
$$;
create trigger photo_variants_file_kept before insert or update of key on photo_variants
    for each row execute function refuse_swept_file();
create trigger papers_file_kept before insert on papers
    for each row execute function refuse_swept_file();

-- A photograph on its way in: what came of it so far, so that a phone goes on where its network broke off, with
-- whichever server answers then.
create table photo_uploads (
    id         uuid primary key,
    seller_id  uuid not null references sellers,
    -- SHA-256 of the whole file, as the phone says; what came is held against it.
    digest     text not null constraint photo_uploads_digest_sha256 check (digest ~ '^[0-9a-f]{64}$'),
    length     integer not null constraint photo_uploads_length_taken check (length between 1 and 8388608),
    received   integer not null default 0 constraint photo_uploads_received_of_length check (received between 0 and length),
    touched_at timestamptz not null,
    constraint photo_uploads_once_a_seller unique (seller_id, digest)
);
create index photo_uploads_touched on photo_uploads (touched_at);

create table photo_upload_pieces (
    upload_id uuid not null references photo_uploads on delete cascade,
    starts_at integer not null constraint photo_upload_pieces_start_in_file check (starts_at >= 0),
    bytes     bytea not null constraint photo_upload_pieces_size check (octet_length(bytes) between 1 and 262144),
    constraint photo_upload_pieces_pkey primary key (upload_id, starts_at)
);
-- Pictures are packed already.
alter table photo_upload_pieces alter column bytes set storage external;
