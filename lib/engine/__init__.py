"""Work that outlives a page: the worker pool, the writer of results, judge runs, jobs and suggestions."""
