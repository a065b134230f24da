-- What is true of a product's goods, said once; and what a person may do, said once.

-- How often a product was sold: lines of orders that stand.
create function times_sold(product uuid) returns bigint language sql stable as $$
    select count(*)
    from order_lines
    join seller_orders on seller_orders.id = order_lines.seller_order_id
    where order_lines.product_id = product and seller_orders.state not in ('cancelled', 'returned')
$$;

-- Whether any of its variants can be bought now.
create function is_in_stock(product uuid) returns boolean language sql stable as $$
    select exists (
        select from variants
        join stock_items on stock_items.variant_id = variants.id
        where variants.product_id = product and variants.archived_at is null
            and stock_items.on_hand - stock_items.reserved >= variants.min_quantity)
$$;

-- Products of which orders came, went or came back: how often they were sold is counted anew now and then,
-- because every index of the documents follows.
create table search_recounts (
    product_id uuid primary key references products
);

-- A person with all that was granted. Shops and consents are looked up for the desk at which they stand.
create view person_rights as
select
    people.id as person_id,
    people.name,
    array(select role from role_grants where person_id = people.id order by role) as roles,
    array(select permission from officer_permissions where person_id = people.id order by permission) as permissions,
    array(select commune_id from officer_communes where person_id = people.id order by commune_id) as office_communes,
    array(select commune_id from helper_communes where person_id = people.id order by commune_id, hamlet) as help_communes,
    array(select hamlet from helper_communes where person_id = people.id order by commune_id, hamlet) as help_hamlets
from people;
