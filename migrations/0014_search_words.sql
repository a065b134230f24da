-- Words that the search knows: those of the documents, those that mean the same, those that mean nothing.

-- All words of the documents, without marks and with them, to correct slips and to part what runs together
-- without comparing with every document.
create table search_vocabulary (
    word      text primary key,
    -- Documents that hold it anywhere; and in name, seller or place.
    documents integer not null,
    named     integer not null
);

-- Terms of one group stand for each other.
create table search_synonyms (
    group_number integer not null,
    term         text not null,
    constraint search_synonyms_pkey primary key (group_number, term)
);

create table search_stop_words (
    term text primary key
);
