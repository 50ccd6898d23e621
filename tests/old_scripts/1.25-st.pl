#!/usr/bin/perl -T
# Put together by hand for the tests of qsfilter: assignments and comments alone, nothing that runs.
#
#   ./configure --qs-user qscand --admin postmaster --domain example.com \
#     --admin-description "The Mail Police" --scanners "clamdscan,fast_spamassassin" \
#     --notify psender,nmlvadm --silent-viruses auto --virus-to-delete yes \
#     --sa-quarantine 1.9 --sa-delete 4.2 --sa-reject yes --sa-delta 0.5 --sa-subject "*****SPAM*****" \
#     --sa-forward spamcheck@example.com --sa-socket /run/spamd.sock --block-password-protected yes \
#     --ignore-eol-check --add-dscr-hdrs all --dscr-hdrs-text X-Antivirus-EXAMPLE \
#     --settings-per-domain yes --log-details syslog --debug 0 --install --batch
my $VERSION = "1.25-st-qms";
our $V_FROM="postmaster\@example.com";
our $V_FROMNAME = 'The Mail Police';
our $NOTIFY_ADDRS='psender,nmladm';
our @local_domains_array=qw(example.com .example.net);
our @silent_viruses_array=("auto");
our @scanner_array=("clamdscan_scanner",
                    "spamassassin",   # behind the engines
                    "perlscan_scanner");
our $scandir='@SPOOL@';
our $sa_quarantine_site='1.9';
our $sa_quarantine='0';
our $sa_delete_site='4.2';
our $sa_reject_site='1';
our $sa_subject_site='*****SPAM*****';
our $BAD_MIME_CHECKS=1;
our $IGNORE_EOL_CHECK=1;
