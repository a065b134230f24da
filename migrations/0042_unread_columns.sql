-- Headings of a file that name no column of ours, as they stand there: whoever brought it is told.
alter table imports add unread text[] not null default '{}';
