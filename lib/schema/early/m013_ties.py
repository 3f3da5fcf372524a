"""Migration 013: which traces share their session or their input with another one, and so are not independent."""

STATEMENTS = (
    # A hash of the input: the index of the texts themselves would hold them all once more.
    "alter table traces add column input_key integer",
    "update traces set input_key = input_key(input)",
    "create index traces_of_input on traces (project, input_key)",
    """
    create table tied_traces (
        -- each trace that shares its session or its input with another one; a project without such has no row here
        trace integer primary key references traces,
        session integer references traces, -- the first trace of the same session; null: it is the only one
        input integer references traces -- the first trace with the same input; null: it is the only one
    ) strict
    """,
    """
    insert into tied_traces (trace, session, input)
        with here as (select id,
                min(id) over (partition by project, session) as first_of_session,
                count(*) over (partition by project, session) as of_session, session,
                min(id) over (partition by project, input_key) as first_of_input,
                count(*) over (partition by project, input_key) as of_input from traces)
        select id, case when session is not null and of_session > 1 then first_of_session end,
            case when of_input > 1 then first_of_input end from here
        where of_input > 1 or (session is not null and of_session > 1)
    """,
    # The first of a group is noted with the second, for alone it shares nothing.
    """
    create trigger traces_share_inputs after insert on traces
    begin
        insert into tied_traces (trace, input)
            select t.id, f.first from (
                select min(id) as first from traces where project = new.project and input_key = new.input_key) f
            join traces t on t.id in (f.first, new.id) where f.first < new.id
            on conflict (trace) do update set input = excluded.input;
    end
    """,
    """
    create trigger traces_share_sessions after insert on traces when new.session is not null
    begin
        insert into tied_traces (trace, session)
            select t.id, f.first from (
                select min(id) as first from traces where project = new.project and session = new.session) f
            join traces t on t.id in (f.first, new.id) where f.first < new.id
            on conflict (trace) do update set session = excluded.session;
    end
    """,
    """
    create trigger traces_join_sessions after update of session on traces when new.session is not old.session
    -- a trace that came before the others of its session may get it last
    begin
        insert into tied_traces (trace, session)
            select t.id, f.first from (
                select min(id) as first, count(*) as n from traces
                where project = new.project and session = new.session) f
            join traces t on t.project = new.project and t.session = new.session where f.n > 1
            on conflict (trace) do update set session = excluded.session;
    end
    """,
)
