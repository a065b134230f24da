-- Other marks than OCOP (VietGAP, GlobalGAP, HACCP, organic): certificates of another kind. Papers, officers, history
-- and end are the same; stars and the rules of a decision are OCOP's alone, and a product may have several marks.

-- The kinds. OCOP is always there; the others come with data/ocop/marks.csv.
create table certificate_kinds (
    code     text primary key,
    position smallint not null,
    name_vi  text not null,
    name_en  text not null
);
insert into certificate_kinds (code, position, name_vi, name_en) values ('ocop', 0, 'OCOP', 'OCOP');

alter table certificates
    -- Whoever says nothing means OCOP, as everything before did.
    add column kind text not null default 'ocop' constraint certificates_kind_known references certificate_kinds,
    alter column stars drop not null,
    alter column regime drop not null,
    add constraint certificates_stars_are_ocop check (
        (kind = 'ocop') = (stars is not null) and (kind = 'ocop') = (regime is not null)
        and (kind = 'ocop' or (group_code is null and set_number is null and score is null)));
-- The numbers of a mark are given by whoever issues it.
drop index certificates_once;
create unique index certificates_once on certificates (seller_id, kind, number, lower(product_name));

-- The goods that a mark was granted for. OCOP certificates are named by their products.
create table certificate_goods (
    certificate_id uuid not null references certificates,
    product_id     uuid not null references products,
    constraint certificate_goods_pkey primary key (certificate_id, product_id)
);
create index certificate_goods_product on certificate_goods (product_id);

-- Which goods a certificate of any kind covers.
create view covered_goods as
select certificate_id, id as product_id from products where certificate_id is not null
union all
select certificate_id, product_id from certificate_goods;

create or replace view granted_certificates as
select id, code, seller_id, product_name, stars, number, issuer, regime, decided_on, valid_to, is_sample
from certificates
where state = 'verified' and kind = 'ocop';

-- Marks that may be shown, by product, each from its first to its last day. Whatever shows marks reads them here.
create view granted_marks as
select certificate_goods.product_id, certificates.id, certificates.code, certificates.kind, certificates.number,
    certificates.issuer, certificates.decided_on, certificates.valid_to, certificates.is_sample
from certificate_goods
join certificates on certificates.id = certificate_goods.certificate_id
where certificates.state = 'verified' and certificates.kind <> 'ocop';

-- The marks that may be shown on a business day of Asia/Ho_Chi_Minh, each once, of kinds and their periods side by
-- side: up to the last day of the period.
create function marks_on(kinds text[], periods daterange[], day date) returns text[]
    language sql immutable parallel safe as $$
    select coalesce(array_agg(distinct mark.kind order by mark.kind), '{}')
    from unnest(kinds, periods) as mark (kind, period)
    where mark.period @> day
$$;

alter table search_documents
    -- What lists are filtered by of what matters of goods of its set: `keeping=cool`.
    add column facts        text[] not null default '{}',
    add column mark_kinds   text[] not null default '{}',
    add column mark_periods daterange[] not null default '{}',
    add constraint search_documents_marks_have_periods check (cardinality(mark_kinds) = cardinality(mark_periods));
create index search_documents_facts on search_documents using gin (facts);
create index search_documents_marks on search_documents using gin (mark_kinds);
create index search_documents_set on search_documents (set_number, standing desc, published_at desc, product_id);
-- The worker writes them for what is there.
insert into outbox (topic, subject, available_at)
select 'product_changed', product_id, now() from search_documents order by product_id;
