-- How often somebody may do something, for all servers together.

-- Unlogged, because each try writes and nobody needs the tries of before a power cut.
create unlogged table limits (
    what        text not null,
    -- An address, a telephone number, a code, a person.
    who         text not null,
    -- Until when the tries so far count; whoever is before it has some left.
    spent_until timestamptz not null,
    constraint limits_pkey primary key (what, who)
) with (fillfactor = 70);

-- Failed sign-ins are counted there too. Their table of before stays until no server runs that asks it.
