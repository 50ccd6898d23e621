"""Below the site's rules: their files, the last good versions of these, and the trial of a new one."""
