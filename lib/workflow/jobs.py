"""Jobs in the background, from start to end: the verbs that the pages and the command line share."""

from lib.engine import jobs as work
from lib.store import jobs
from lib.workflow.background import Background

JOBS = Background("Job", jobs, work.alive, jobs.forget_unanswered, "job-resume")
start_process, ready_to_resume, resume = JOBS.start_process, JOBS.ready_to_resume, JOBS.resume
cancel, settle, boot = JOBS.cancel, JOBS.settle, JOBS.boot
