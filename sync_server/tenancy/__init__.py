"""Where a credential becomes one tenant's store. Past this point nothing names a tenant."""
