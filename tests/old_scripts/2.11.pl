#!/usr/bin/perl -T
# Put together by hand for the tests of qsfilter: assignments and comments alone, nothing that runs.
#
# ./configure --qmaildir /var/qmail/ --admin=alerts --domain=example.com --scanners=auto --archive=yes --fix-mime 2 --lang de_DE --max-zip-size 500000000 --max-unpacked-files 5000 --max-scan-size 50000000 --skip-text-msgs no --redundant yes --log-crypto yes --add-dscr-hdrs yes --normalize yes --unzip yes
our $VERSION="2.11";
our $V_FROM='alerts@example.com';
our @local_domains_array=("example.com");
our @scanner_array=("mhr_scanner","clamdscan_scanner","spamassassin_scanner","perlscan_scanner");
our @virtualheaders_array=("MAILFROM","RCPTTO");
our $spoolbase='@SPOOL@';
our $scandir="$spoolbase";
our $logdir="${spoolbase}/log";
our $sa_timeout=90;
our $sa_remote='192.0.2.7,1783';
our $MAXTIME=300;
