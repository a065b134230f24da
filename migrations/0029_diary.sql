-- Deeds as people read them: by shop, by person, by what was done, in the order of time.

-- The shop that a deed is about: the one to which its subject belongs, else the one in whose name it was done.
create function seller_of_deed(on_behalf_of uuid, subject_kind text, subject uuid) returns uuid language sql stable as $$
    select coalesce(case subject_kind
        when 'seller' then subject
        when 'product' then (select seller_id from products where id = subject)
        when 'seller_order' then (select seller_id from seller_orders where id = subject)
        when 'certificate' then (select seller_id from certificates where id = subject)
        when 'paper' then (select seller_id from papers where id = subject)
        when 'household_consent' then (select seller_id from household_consents where id = subject)
    end, on_behalf_of)
$$;

alter table audit_log add column seller_id uuid;
alter table audit_log disable trigger audit_log_append_only;
update audit_log set seller_id = seller_of_deed(on_behalf_of, subject_kind, subject);
alter table audit_log enable trigger audit_log_append_only;

create function note_seller_of_deed() returns trigger language plpgsql as $$
begin
    new.seller_id := seller_of_deed(new.on_behalf_of, new.subject_kind, new.subject);
    return new;
end
$$;
create trigger audit_log_seller before insert on audit_log
    for each row execute function note_seller_of_deed();

-- One for each filter; times may be equal, and then the order of writing decides.
drop index audit_log_at;
drop index audit_log_person;
create index audit_log_at on audit_log (at, id);
create index audit_log_person on audit_log (person_id, at, id) where person_id is not null;
create index audit_log_seller on audit_log (seller_id, at, id) where seller_id is not null;
create index audit_log_action on audit_log (action, at, id);
