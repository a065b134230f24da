-- Documents stand in 64 lots by chance. Where very many match, one lot or eight are counted and stand for all.

alter table search_documents
    add lot smallint not null generated always as ((uuid_hash_extended(product_id, 0) & 63)::smallint) stored;
create index search_documents_one_lot on search_documents (product_id) where lot < 1;
create index search_documents_one_lot_words on search_documents using gin (words) where lot < 1;
create index search_documents_some_lots on search_documents (product_id) where lot < 8;
create index search_documents_some_lots_words on search_documents using gin (words) where lot < 8;

-- Each field by itself: names rank first, and shops and communes are offered by theirs.
create index search_documents_name_words on search_documents using gin (ts_filter(words, '{a}'));
create index search_documents_seller_words on search_documents using gin (ts_filter(words, '{b}'));
create index search_documents_place_words on search_documents using gin (ts_filter(words, '{c}'));

-- Whether it ranks among what can be bought: follows in_stock in steps of a quarter of an hour, so that what is sold
-- while somebody turns the pages moves nothing from one to the other.
alter table search_documents add ranks_in_stock boolean not null default true;
update search_documents set ranks_in_stock = in_stock;
create index search_documents_stock_moved on search_documents (product_id) where ranks_in_stock <> in_stock;
create or replace function search_signals(document search_documents, today date, instant timestamptz)
returns table (in_season real, in_stock real, stars real, recent_sales real, newcomer real) language sql stable as $$
    select
        (document.season_months @> array[extract(month from today)::smallint])::integer::real,
        document.ranks_in_stock::integer::real,
        coalesce(stars_on(document.stars, document.stars_from, document.stars_to, today), 0)::real,
        least(1, ln(1 + (
            select count(*)
            from order_lines
            join seller_orders on seller_orders.id = order_lines.seller_order_id
            where order_lines.product_id = document.product_id
                and seller_orders.state not in ('cancelled', 'returned')
                and seller_orders.placed_at > instant - interval '90 days')) / ln(101))::real,
        -- By lot, another one each day.
        case when document.seller_kind = 'household' and exists (
            select from sellers
            where sellers.id = document.seller_id and not is_sample and created_at > instant - interval '90 days')
            then ((hashtextextended(document.product_id || today::text, 0) & 1023) / 1023.0)::real else 0 end
$$;

-- Somebody wants the index that is live built anew: the process that feeds it does so.
alter table search_targets add is_renewed boolean not null default false;
