-- Gifts, invoices of companies, and the addresses that a person keeps.

alter table orders
    -- Of a gift: who gives it. The contact is who receives it.
    add buyer_name text,
    add buyer_phone text constraint orders_buyer_phone_e164 check (buyer_phone ~ '^\+84[0-9]{9,10}$'),
    add gift_words text not null default '',
    -- What an invoice names (decree 254/2026); issued outside by the seller.
    add invoice_name text,
    add invoice_tax_code text constraint orders_tax_code_digits check (invoice_tax_code ~ '^([0-9]{10}|[0-9]{12}|[0-9]{13})$'),
    add invoice_address text,
    add invoice_email text,
    add constraint orders_gift_whole check ((buyer_name is null) = (buyer_phone is null) and (buyer_name is not null or gift_words = '')),
    add constraint orders_invoice_whole check (
        num_nulls(invoice_name, invoice_tax_code, invoice_address) in (0, 3) and (invoice_name is not null or invoice_email is null));

create table kept_addresses (
    id         uuid primary key,
    person_id  uuid not null references people,
    name       text not null constraint kept_addresses_name_length check (char_length(name) between 1 and 100),
    phone      text not null constraint kept_addresses_phone_e164 check (phone ~ '^\+84[0-9]{9,10}$'),
    commune_id integer not null references communes,
    street     text not null constraint kept_addresses_street_length check (char_length(street) between 1 and 200),
    used_at    timestamptz not null,
    constraint kept_addresses_once unique (person_id, name, phone, commune_id, street)
);
create index kept_addresses_used on kept_addresses (person_id, used_at desc);
create index kept_addresses_commune on kept_addresses (commune_id);
