-- Jobs that run or are paused, so that they are counted without reading those that are over.
CREATE INDEX jobs_unfinished ON jobs (tenant) WHERE job->>'finishedAt' IS NULL;
