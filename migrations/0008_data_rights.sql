-- Of an entry `machine.erased`: when the life of the id began that was erased. What is told of it or of an earlier one
-- comes too late, and is not written.
ALTER TABLE audit ADD COLUMN erased_life INTEGER;
CREATE INDEX audit_erased_lives ON audit (tenant, subject, erased_life) WHERE erased_life IS NOT NULL;

-- Since when a tenant is being erased, since when it is, and how many rows of each kind went (JSON). Its row stays: nobody
-- inherits the name.
ALTER TABLE tenants ADD COLUMN erasing_at INTEGER;
ALTER TABLE tenants ADD COLUMN erased_at INTEGER;
ALTER TABLE tenants ADD COLUMN erased_counts TEXT;
CREATE INDEX tenants_erasing ON tenants (name) WHERE erasing_at IS NOT NULL;
