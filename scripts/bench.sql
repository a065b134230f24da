-- As many products as wanted, copied from the sample catalogue with prices, days and stock of their own.
insert into products (
    id, code, seller_id, slug, name, status, group_code, set_regime, set_number, tax_class, is_resold, description, facts,
    season_months, certificate_id, is_sample, price_is_sample, source, published_at, created_at, updated_at)
select gen_random_uuid(), 'B' || number, seller_id, slug || '-b' || number, name || ' ' || number, status, group_code, set_regime, set_number,
    tax_class, is_resold, description, facts, season_months, certificate_id, is_sample, price_is_sample, source,
    published_at - number * interval '7 minutes', created_at, updated_at
from (
    select products.*, row_number() over (order by copy, products.code) as number
    from products cross join generate_series(1, :wanted / 163 + 1) as copy
) as copies
where number <= :wanted - 163;
insert into variants (id, product_id, position, sku, unit, unit_note, price_vnd, net_grams, net_ml, ship_grams, min_quantity, step_quantity)
select gen_random_uuid(), copied.id, 1, copied.code || '-1', variant.unit, variant.unit_note, variant.price_vnd + length(copied.slug) * 100,
    variant.net_grams, variant.net_ml, variant.ship_grams, 1000, 1000
from products as copied
join products as original on original.slug = regexp_replace(copied.slug, '-b[0-9]+$', '')
join variants as variant on variant.product_id = original.id and variant.position = 1
where copied.code like 'B%';
insert into stock_items (variant_id, on_hand) select id, 1000000000 from variants where sku like 'B%';
insert into stock_movements (variant_id, at, kind, on_hand_change, reserved_change, actor_kind)
select id, now(), 'counted', 1000000000, 0, 'system' from variants where sku like 'B%';
insert into product_photos (product_id, position, photo_id, alt, is_drawn)
select copied.id, photo.position, photo.photo_id, photo.alt, photo.is_drawn
from products as copied
join products as original on original.slug = regexp_replace(copied.slug, '-b[0-9]+$', '')
join product_photos as photo on photo.product_id = original.id
where copied.code like 'B%';
