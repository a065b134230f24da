-- What is said of goods is looked at before buyers see it (law on e-commerce 122/2025): listings wait, changes of
-- published ones are proposals beside them, and every decision stays.

alter table products
    drop constraint products_status_known,
    add constraint products_status_known
        check (status in ('draft', 'submitted', 'returned', 'published', 'paused', 'archived')),
    drop constraint products_published_named,
    add constraint products_published_named
        check (status in ('draft', 'submitted', 'returned') or (name <> '' and published_at is not null)),
    -- What matters of goods of its set, by the codes of data/ocop/facts.csv.
    add column facts jsonb not null default '{}'
        constraint products_facts_object check (jsonb_typeof(facts) = 'object'),
    -- Bought to be sold again, so taxed as trade whatever the set.
    add column is_resold boolean not null default false,
    add constraint products_tax_class_resold check ((tax_class = 'traded') or not is_resold);

update products set facts = jsonb_strip_nulls(jsonb_build_object(
    'ingredients', nullif(ingredients, ''),
    'storage', nullif(storage, ''),
    'shelf_life', nullif(shelf_life, '')));
alter table products drop column ingredients, drop column storage, drop column shelf_life;

-- A way of selling that nobody has looked at yet is there for its seller only.
alter table variants
    add column state text not null default 'offered'
        constraint variants_state_known check (state in ('proposed', 'offered', 'archived'));
update variants set state = 'archived' where archived_at is not null;
alter table variants drop column archived_at;
-- The seller's own number: two sellers may use the same.
alter table variants drop constraint variants_sku_once;
alter table variants add constraint variants_sku_once unique (product_id, sku);

create or replace function is_in_stock(product uuid) returns boolean language sql stable as $$
    select exists (
        select from variants
        join stock_items on stock_items.variant_id = variants.id
        where variants.product_id = product and variants.state = 'offered'
            and stock_items.on_hand - stock_items.reserved >= variants.min_quantity)
$$;

-- What waits for an officer: a listing before it is shown, or what is to change of one that is.
create table listing_reviews (
    id           uuid primary key,
    product_id   uuid not null references products,
    kind         text not null constraint listing_reviews_kind_known check (kind in ('first', 'change')),
    state        text not null constraint listing_reviews_state_known
                 check (state in ('waiting', 'returned', 'approved', 'withdrawn')),
    -- Grows whenever the seller changes something: a decision is about the version that was looked at.
    version      integer not null default 1,
    -- The listing as its seller wants it; a first one stands in its own rows.
    content      jsonb,
    -- Field and words for each thing to mend, where it was returned.
    reasons      jsonb not null default '[]',
    handed_in_at timestamptz not null,
    handed_in_by uuid references people,
    -- Decided by then, a working day.
    decide_by    date not null,
    constraint listing_reviews_content check ((kind = 'change') = (content is not null))
);
create unique index listing_reviews_one_open on listing_reviews (product_id) where state in ('waiting', 'returned');
create index listing_reviews_product on listing_reviews (product_id, handed_in_at desc);
create index listing_reviews_queue on listing_reviews (handed_in_at) where state = 'waiting';

-- Who decided what about which words, for good.
create table listing_decisions (
    id         bigint generated always as identity primary key,
    review_id  uuid not null references listing_reviews,
    at         timestamptz not null,
    decision   text not null constraint listing_decisions_known check (decision in ('approved', 'returned')),
    person_id  uuid references people,
    version    integer not null,
    -- As it was shown, nothing before the first time; as it was looked at.
    before     jsonb,
    after      jsonb not null,
    reasons    jsonb not null default '[]',
    constraint listing_decisions_reasons check (decision = 'approved' or reasons <> '[]')
);
create index listing_decisions_review on listing_decisions (review_id, id);
create trigger listing_decisions_append_only before update or delete or truncate on listing_decisions
    for each statement execute function refuse_change();

-- What went on sale last.
create index products_newest on products (published_at desc, id) where status = 'published';

-- Who looks at shops looked at goods with them until now.
alter table officer_permissions drop constraint officer_permissions_known;
alter table officer_permissions add constraint officer_permissions_known
    check (permission in ('sellers', 'listings', 'certificates', 'feedback', 'reports', 'imports', 'audit', 'authorities'));
insert into officer_permissions (person_id, permission, granted_at)
select person_id, 'listings', granted_at from officer_permissions where permission = 'sellers';
