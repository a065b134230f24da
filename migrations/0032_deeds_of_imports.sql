-- What a shop brings as a file is done in its name.
create or replace function seller_of_deed(on_behalf_of uuid, subject_kind text, subject uuid) returns uuid language sql stable as $$
    select coalesce(case subject_kind
        when 'seller' then subject
        when 'product' then (select seller_id from products where id = subject)
        when 'seller_order' then (select seller_id from seller_orders where id = subject)
        when 'certificate' then (select seller_id from certificates where id = subject)
        when 'paper' then (select seller_id from papers where id = subject)
        when 'household_consent' then (select seller_id from household_consents where id = subject)
        when 'import' then (select seller_id from imports where id = subject)
    end, on_behalf_of)
$$;
