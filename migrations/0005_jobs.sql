-- Jobs, for their list: what each is and how far, as its object has told last (JSON). The key is the order of the list.
CREATE TABLE jobs (
  tenant TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  id TEXT NOT NULL,
  job TEXT NOT NULL,
  PRIMARY KEY (tenant, created_at, id)
) WITHOUT ROWID;
