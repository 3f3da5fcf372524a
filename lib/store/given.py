"""In which order labels were given, in SQL: by their numbers, and where those cannot say it by their times.

A label's number says which of a trace's is the newest, so an older one that a merge brings gets a number below all
others. Holds text alone, for queries elsewhere in the store.
"""

# Where a label l stands among those of its expert on its trace: one of a merge behind the next newer one.
PLACE = """case when l.id > 0 then l.id else (select min(h.id) - 0.5 from labels h
    where h.trace = l.trace and h.expert = l.expert and h.id > 0 and h.created_at >= l.created_at) end"""
# Whether a label x was given before n.
BEFORE = "case when min(x.id, n.id) < 0 then x.created_at < n.created_at else x.id < n.id end"
