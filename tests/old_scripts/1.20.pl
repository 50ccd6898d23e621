#!/usr/bin/suidperl -T
#
# Put together by hand for the tests of qsfilter: assignments and comments alone, nothing that runs.
# ./configure --admin postmaster --domain example.com --scanners auto --notify sender,admin --local-domains "example.com,example.net" --log-details yes --archive "(?:boss|sales)@example\.com" --install
my $VERSION='1.20';
my $V_FROM='postmaster@example.com';
my $V_FROMNAME='System Anti-Virus Administrator';
my $QUARANTINE_CC='postmaster@example.com';
my $NOTIFY_ADDRS='sender,admin';
my @local_domains_array=('example.com','example.net');
my @silent_viruses_array=("klez","bugbear","hybris","yaha","braid","nimda","tanatos","sobig");
my @scanner_array=("clamuko_scanner","uvscan_scanner","perlscan_scanner");
my $scandir = '@SPOOL@';
my $logdir="$scandir";
my $MAXTIME=20*60;   # seconds
my $DEBUG='1';
my $BAD_MIME_CHECKS='1';
