/* SPDX-License-Identifier: BSD-2-Clause */
/* A library to be preloaded: what a tool could be made to do that somebody has
 * taken over.  Before its first octet goes to stdout it tries what it has no
 * need for, and says on stderr what it could do: "could read", "could not
 * exec".  HIJACK_FILE is a file of others, in a directory where all may write.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static void
tell(const char *what, bool could)
{
	dprintf(STDERR_FILENO, "%s %s\n", could ? "could" : "could not", what);
}

static bool
can_exec(void)
{
	char *argv[] = { "true", NULL };
	int status = 1;
	pid_t child = fork();

	if (child == 0)
		_exit(execv("/bin/true", argv) != 0);
	if (child > 0)
		waitpid(child, &status, 0);
	/* Even without a child of its own it could become the program. */
	return child > 0 && status == 0;
}

/* Whether a call was let through, whatever came of it. */
static bool
passed(long result)
{
	return result >= 0 ||
	       (errno != EPERM && errno != ENOSYS && errno != EACCES);
}

/* What reaches other processes, or the kernel where it is wide. */
static void
attack_processes(pid_t other)
{
	struct rlimit limit;
	char octet;
	struct iovec here = { &octet, 1 }, there = { &octet, 1 };
	struct f_owner_ex owner = { F_OWNER_PID, other };

	tell("limit", prlimit(other, RLIMIT_NOFILE, NULL, &limit) == 0 &&
			  prlimit(other, RLIMIT_NOFILE, &limit, NULL) == 0);
	tell("limit itself", getrlimit(RLIMIT_NOFILE, &limit) == 0);
	int shared = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);
	int signals = semget(IPC_PRIVATE, 1, IPC_CREAT | 0600);
	int queue = msgget(IPC_PRIVATE, IPC_CREAT | 0600);

	tell("share", shared >= 0 && shmctl(shared, IPC_RMID, NULL) == 0);
	tell("signal", signals >= 0 && semctl(signals, 0, IPC_RMID) == 0);
	tell("queue", queue >= 0 && msgctl(queue, IPC_RMID, NULL) == 0);
	tell("watch", passed(inotify_init1(0)));
	tell("own", passed(fcntl(STDERR_FILENO, F_SETOWN, other)) ||
			passed(fcntl(STDERR_FILENO, F_SETOWN_EX, &owner)));
	tell("nice", passed(setpriority(PRIO_PROCESS, (id_t)other, 0)));
	tell("type", passed(ioctl(STDERR_FILENO, TIOCSTI, "x")));
	tell("peek", passed(process_vm_readv(other, &here, 1, &there, 1, 0)));
	tell("poke", passed(process_vm_writev(other, &here, 1, &there, 1, 0)));
	tell("trace", passed(ptrace(PTRACE_PEEKDATA, other, NULL, NULL)));

	static const struct {
		const char *what;
		long nr;
	} calls[] = {
		{ "mark", SYS_fanotify_init },
		{ "compare", SYS_kcmp },
		{ "hold", 434 /* pidfd_open */ },
		{ "take", 438 /* pidfd_getfd */ },
		{ "send", 424 /* pidfd_send_signal */ },
		{ "ring", 425 /* io_uring_setup */ },
		{ "remount", 430 /* fsopen */ },
		{ "mount", SYS_mount },
		{ "enter", SYS_setns },
		{ "leave", SYS_unshare },
		{ "load", SYS_bpf },
		{ "fault", SYS_userfaultfd },
		{ "keep", SYS_keyctl },
		{ "count", SYS_perf_event_open },
		{ "schedule", SYS_sched_setscheduler },
		{ "pin", SYS_sched_setaffinity },
		{ "move", SYS_move_pages },
		{ "submit", SYS_io_setup },
		{ "post", SYS_mq_open },
		{ "log", SYS_syslog },
	};

	/* Arguments that mean nothing: a call that is let through fails. */
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
		tell(calls[i].what,
		    passed(syscall(calls[i].nr, -1L, -1L, -1L, -1L, -1L)));
}

static void
attack(const char *file)
{
	char other[4096];

	snprintf(other, sizeof other, "%s.new", file);
	tell("read", open(file, O_RDONLY) >= 0);
	tell("list", open("/etc", O_RDONLY | O_DIRECTORY) >= 0);
	tell("write", open(file, O_WRONLY) >= 0);
	tell("create", open(other, O_WRONLY | O_CREAT, 0600) >= 0);
	tell("mkdir", mkdir(other, 0700) == 0);
	tell("rename", rename(file, other) == 0);
	tell("unlink", unlink(file) == 0);
	tell("chmod", chmod(file, 0777) == 0);
	tell("fork", can_exec());
	tell("connect", socket(AF_INET, SOCK_STREAM, 0) >= 0);
	tell("talk", socket(AF_UNIX, SOCK_STREAM, 0) >= 0);
	tell("kill", kill(getppid(), 0) == 0);
	attack_processes(getppid());
	char *argv[] = { "false", NULL };

	execv("/bin/false", argv);
	tell("exec", false);
}

/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name) */
ssize_t
write(int fd, const void *p, size_t n)
/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */
{
	static bool done;
	ssize_t (*real)(int, const void *, size_t);
	const char *file = getenv("HIJACK_FILE");

	*(void **)&real = dlsym(RTLD_NEXT, "write");
	if (fd == STDOUT_FILENO && file != NULL && !done) {
		done = true;
		attack(file);
	}
	return real(fd, p, n);
}
