-- Parcels of several farms of one hamlet share one fee; what else comes along for nothing is found by hamlet.

alter table order_ways
    -- Parts with the same one share one fee, each by its weight.
    add pool uuid,
    -- The other shops that share it, as they were called.
    add pooled_with text not null default '',
    add constraint order_ways_pool_by_market check (pool is null or (way = 'carrier' and basis = 'market')),
    add constraint order_ways_pool_whole check ((pool is null) = (pooled_with = ''));
create index order_ways_pool on order_ways (pool) where pool is not null;

create index sellers_hamlet on sellers (commune_id, lower(hamlet)) where hamlet <> '';
