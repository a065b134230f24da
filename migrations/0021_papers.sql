-- Photographed papers: identity, registration, certificates, signed consents. The row says what there is, the
-- object store holds the picture, sealed with the installation's key; nobody reaches it by an address alone,
-- and each look at one is a deed.

create table papers (
    id          uuid primary key,
    seller_id   uuid not null references sellers,
    kind        text not null constraint papers_kind_known
                check (kind in ('identity', 'registration', 'certificate', 'consent')),
    -- SHA-256 of the file as it came; the same file of the same seller and kind is one paper.
    digest      text not null,
    uploaded_by uuid references people,
    created_at  timestamptz not null,
    constraint papers_once_a_seller unique (seller_id, kind, digest)
);
create index papers_uploaded_by on papers (uploaded_by);
