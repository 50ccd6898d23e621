"""What the postmaster does with quarantined mail: read it, release it, remove it, and let it expire."""
