"""Work that outlives a page: the pool of workers, what keeps their results, judge runs, jobs and suggestions."""
