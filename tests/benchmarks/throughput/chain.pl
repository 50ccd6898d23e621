#!/usr/bin/perl
# What Qmail-Scanner starts for one message, and nothing of what it thinks: perl with its modules, a working copy, reformime,
# tnef and unzip where a part calls for them, look-ups in a DB_File, clamdscan over the parts, the queue program, a log
# line, and the removal of all that. A floor: the real script compiles thousands of lines more.
# Arguments: folder, clamd.conf, then the queue program and its arguments.
use strict;
use warnings;
use DB_File;
use Fcntl qw(:flock);
use File::Path;
use POSIX;
use Sys::Hostname;
use Text::ParseWords;
use Time::HiRes qw(gettimeofday tv_interval);

my ($base, $clamd_conf, @queue) = @ARGV;
my $began = [gettimeofday];
my $name  = join('.', @$began, $$);
my ($copy, $parts) = ("$base/copy.$name", "$base/parts.$name");
$ENV{PATH} = '/usr/bin:/bin';
mkdir $parts, 0700 or exit 81;

# Runs a program with its standard input from a file, says nothing, and returns its exit code.
sub run {
    my ($input, @command) = @_;
    my $child = fork // exit 71;
    if (!$child) {
        open STDIN,  '<', $input;
        open STDOUT, '>', '/dev/null';
        open STDERR, '>', '/dev/null';
        exec @command or POSIX::_exit(127);
    }
    waitpid $child, 0;
    return $? >> 8;
}

open(my $out, '>', $copy) or exit 53;
print $out 'Received: from client by host (chain) ' . strftime('%d %b %Y %H:%M:%S', gmtime) . " -0000\n";
my ($in_header, $size, %field) = (1, 0);
while (my $line = <STDIN>) {
    if ($in_header) {
        $in_header = 0 if $line =~ /^\r?$/;
        $field{ lc $1 } .= $2 if $in_header && $line =~ /^([\w-]+):\s?(.*)/;
    }
    $size += length $line;
    print $out $line;
}
close $out or exit 53;
open(my $given, '<&=', 1) or exit 54;
my $envelope = do { local $/; <$given> };
my ($sender, @recipients) = split /\0/, $envelope;

# Debian's reformime crashes on -x without -s: the leaves are listed first, one exec more than the original.
my @sections = split /\n/, `reformime < $copy`;
my %inner = map { /^(.*)\.\d+$/ ? ($1 => 1) : () } @sections;
run($copy, 'reformime', '-s', join(',', grep { !$inner{$_} } @sections), "-x$parts/");

opendir(my $folder, $parts);
my @files = grep { !/^\.\.?$/ } readdir $folder;
closedir $folder;
for my $file (@files) {
    open(my $part, '<', "$parts/$file") or next;
    read $part, my $magic, 4;
    close $part;
    if ($magic eq "\x78\x9f\x3e\x22") {
        run('/dev/null', 'tnef', '-C', $parts, '-f', "$parts/$file", '--number-backups');
    }
    elsif ($magic =~ /^PK/) {
        run('/dev/null', 'unzip', '-qq', '-o', '-P', 'x', '-d', "$parts/unzipped", "$parts/$file");
    }
}

tie my %rules, 'DB_File', "$base/rules.db", O_CREAT | O_RDWR or exit 71;
my $hits = grep { $rules{$_} } keys %field, map { lc(/(\.[^.]*)$/ ? $1 : '') } @files;
untie %rules;

my $code = run('/dev/null', 'clamdscan', '-c', $clamd_conf, '--fdpass', '--no-summary', $parts);
my $answer = $code == 1 ? 31 : $code ? 71 : 0;
if (!$answer && !$hits) {
    pipe(my $reader, my $writer) or exit 71;
    my $child = fork // exit 71;
    if (!$child) {
        open STDIN, '<', $copy;
        POSIX::dup2(fileno $reader, 1);
        close $writer;
        exec @queue or POSIX::_exit(120);
    }
    close $reader;
    print $writer $envelope;
    close $writer;
    waitpid $child, 0;
    $answer = $? >> 8;
}
open(my $log, '>>', "$base/log");
flock $log, LOCK_EX;
printf $log "%s %s %s %s %d %.3f\n", strftime('%F %T', gmtime), hostname, $sender, join(',', @recipients), $size,
    tv_interval($began);
close $log;
rmtree($parts);
unlink $copy;
exit $answer;
