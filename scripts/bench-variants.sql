-- Pairs of sellers: two variants of the one, one of the other, a line each. With one_variant=true the third is the same in
-- all of them.
with numbered as (
    select products.seller_id, variants.id, row_number() over (partition by products.seller_id order by variants.sku) as number
    from variants join products on products.id = variants.product_id where variants.sku like 'B%'
), sellers as (
    select seller_id, array_agg(id::text order by number) as ids from numbered group by seller_id having count(*) >= 2
), ordered as (
    select ids, row_number() over (order by ids) as number from sellers
)
select one.ids[1 + copy % cardinality(one.ids)] || ' ' || one.ids[1 + (copy + 1) % cardinality(one.ids)] || ' '
    || case when :one_variant then (select ids[1] from ordered where number = 1) else two.ids[1 + copy % cardinality(two.ids)] end
from ordered as one
join ordered as two on two.number = one.number % (select count(*) from ordered) + 1
cross join generate_series(1, 40) as copy
where not :one_variant or one.number <> 1;
