/* SPDX-License-Identifier: BSD-2-Clause */
#include "sandbox.h"

void
sandbox_read(struct sandbox *s, const char *path)
{
	if (path != NULL && s->nread < SANDBOX_MAX_FILES)
		s->read[s->nread++] = path;
	else if (path != NULL)
		s->read_all = true;
}

void
sandbox_write(struct sandbox *s, const char *path)
{
	if (path != NULL)
		s->write[s->nwrite++] = path;
}

#if defined(__linux__) && !defined(NO_SANDBOX)

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cli.h"

/* ------------------------------------------------------------------------
 * Landlock: files, and TCP where it knows of that. */

enum {
	READ = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
	REPLACE = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |
		  LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG,
	FILE_ALONE =
	    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE,
};

/* As in <linux/landlock.h> of 2024: that of a build machine may be older than
 * the kernel the tool meets. */
struct ruleset {
	uint64_t fs, net, scoped;
};

enum {
	FS_REFER = 1 << 13,    /* since version 2 */
	FS_TRUNCATE = 1 << 14, /* 3 */
	NET_BIND = 1 << 0,     /* 4 */
	NET_CONNECT = 1 << 1,
	SCOPE_SOCKETS = 1 << 0, /* 6 */
	SCOPE_SIGNALS = 1 << 1,
};

/* Allow what beneath path; a path that is not there needs nothing. */
static void
allow(int rules, const char *path, uint64_t what)
{
	int fd = open(path, O_PATH | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return;
	if (fstat(fd, &st) != 0 || !S_ISDIR(st.st_mode))
		what &= FILE_ALONE;
	struct landlock_path_beneath_attr rule = { .allowed_access = what,
		.parent_fd = fd };

	syscall(
	    SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	close(fd);
}

static void
allow_directory_of(int rules, const char *path, uint64_t what)
{
	char room[PATH_MAX];

	allow(rules, cli_directory(path, room), what);
}

static void
landlock(const struct sandbox *s)
{
	static const char *const system[] = { "/usr", "/lib",
		"/etc/ld.so.cache" };
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
	/* All that version 1 has. */
	struct ruleset r = { .fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1 };
	uint64_t replace = REPLACE;
	size_t size = version < 4 ? sizeof r.fs : sizeof r - sizeof r.scoped;

	if (version < 1)
		return;
	if (version >= 2)
		r.fs |= FS_REFER;
	if (version >= 3) {
		r.fs |= FS_TRUNCATE;
		replace |= FS_TRUNCATE;
	}
	r.net = s->network ? NET_BIND : NET_BIND | NET_CONNECT;
	r.scoped = SCOPE_SOCKETS | SCOPE_SIGNALS;
	if (version >= 6)
		size = sizeof r;
	int rules = (int)syscall(SYS_landlock_create_ruleset, &r, size, 0);

	if (rules < 0)
		return;
	for (size_t i = 0; i < ARRAY_LEN(system); i++)
		allow(rules, system[i], READ);
	if (s->read_all)
		allow(rules, "/", READ);
	if (s->network)
		allow(rules, "/etc/resolv.conf", READ);
	for (size_t i = 0; i < s->nread; i++)
		if (strcmp(s->read[i], "-") != 0)
			allow(rules, s->read[i], READ);
	for (size_t i = 0; i < s->nwrite; i++)
		allow_directory_of(rules, s->write[i], replace);
	if (s->spool) {
		const char *dir = getenv("TMPDIR");

		allow(rules, dir != NULL && dir[0] == '/' ? dir : "/tmp",
		    replace);
		allow(rules, "/tmp", replace);
	}
	syscall(SYS_landlock_restrict_self, rules, 0);
	close(rules);
}

/* ------------------------------------------------------------------------
 * seccomp: what no run of ours asks the kernel for. */

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#ifdef ARCHITECTURE

#define REFUSE (SECCOMP_RET_ERRNO | EPERM)
#define ARGUMENT(n) ((uint32_t)offsetof(struct seccomp_data, args[n]))

/* Programs, other processes, and what a kernel can be broken by; neighbours of
 * these that no run asks for as well, since one range costs less than two. */
static const int never[] = {
	SYS_execve,
	SYS_execveat,
	SYS_ptrace,
	SYS_process_vm_readv,
	SYS_process_vm_writev,
	SYS_kcmp,
	SYS_kill,
	SYS_tkill,
	SYS_rt_sigqueueinfo,
	SYS_rt_tgsigqueueinfo,
	SYS_setns,
	SYS_unshare,
	SYS_mount,
	SYS_umount2,
	SYS_pivot_root,
	SYS_chroot,
	SYS_keyctl,
	SYS_add_key,
	SYS_request_key,
	SYS_bpf,
	SYS_perf_event_open,
	SYS_userfaultfd,
	SYS_init_module,
	SYS_finit_module,
	SYS_delete_module,
	SYS_kexec_load,
	SYS_open_by_handle_at,
	SYS_clock_adjtime,
	SYS_syncfs,
	SYS_sched_setattr,
	SYS_sched_getattr,
	SYS_seccomp,
	SYS_waitid,
	SYS_memfd_create,
	SYS_personality,
	SYS_acct,
	SYS_quotactl,
	SYS_swapon,
	SYS_swapoff,
	SYS_reboot,
	SYS_sync,
	SYS_settimeofday,
	SYS_sethostname,
	SYS_setdomainname,
	SYS_accept,
	SYS_accept4,
	SYS_listen,
	SYS_bind,
	/* Other processes: what they may do, and when. */
	SYS_setpriority,
	SYS_getpriority,
	SYS_ioprio_set,
	SYS_ioprio_get,
	SYS_sched_setparam,
	SYS_sched_getparam,
	SYS_sched_setscheduler,
	SYS_sched_getscheduler,
	SYS_sched_setaffinity,
	SYS_sched_get_priority_max,
	SYS_sched_get_priority_min,
	SYS_sched_rr_get_interval,
	SYS_migrate_pages,
	SYS_move_pages,
	SYS_get_robust_list,
	SYS_setpgid,
	SYS_setsid,
	/* What processes share: System V and POSIX queues, and watches. */
	SYS_shmget,
	SYS_shmat,
	SYS_shmctl,
	SYS_shmdt,
	SYS_semget,
	SYS_semop,
	SYS_semtimedop,
	SYS_semctl,
	SYS_msgget,
	SYS_msgsnd,
	SYS_msgrcv,
	SYS_msgctl,
	SYS_mq_open,
	SYS_mq_unlink,
	SYS_mq_timedsend,
	SYS_mq_timedreceive,
	SYS_mq_notify,
	SYS_mq_getsetattr,
	SYS_fanotify_init,
	SYS_fanotify_mark,
	SYS_inotify_init1,
	SYS_inotify_add_watch,
	SYS_inotify_rm_watch,
	/* Who we are, and the machine. */
	SYS_setuid,
	SYS_setgid,
	SYS_setreuid,
	SYS_setregid,
	SYS_setresuid,
	SYS_setresgid,
	SYS_setfsuid,
	SYS_setfsgid,
	SYS_setgroups,
	SYS_capset,
	SYS_syslog,
	SYS_vhangup,
	SYS_adjtimex,
	SYS_clock_settime,
	SYS_lookup_dcookie,
	SYS_nfsservctl,
	SYS_name_to_handle_at,
	SYS_io_setup,
	SYS_io_destroy,
	SYS_io_submit,
	SYS_io_cancel,
	SYS_io_getevents,
	SYS_remap_file_pages,
	SYS_mbind,
	SYS_set_mempolicy,
	SYS_get_mempolicy,
#ifdef SYS_inotify_init
	SYS_inotify_init,
#endif
#ifdef SYS_modify_ldt
	SYS_modify_ldt,
	SYS_ustat,
	SYS_sysfs,
#endif
#ifdef SYS_fork
	SYS_fork,
	SYS_vfork,
#endif
#ifdef SYS_kexec_file_load
	SYS_kexec_file_load,
#endif
#ifdef SYS_iopl
	SYS_iopl,
	SYS_ioperm,
#endif
#ifdef SYS_create_module
	SYS_create_module,
	SYS_get_kernel_syms,
	SYS_query_module,
	SYS_uselib,
#endif
};

static const int network[] = { SYS_socket, SYS_socketpair, SYS_connect,
	SYS_sendto, SYS_sendmsg, SYS_sendmmsg, SYS_recvfrom, SYS_recvmsg,
	SYS_shutdown, SYS_getsockname, SYS_getpeername, SYS_setsockopt,
	SYS_getsockopt };

/* What changes the file system; openat() is looked at more closely. */
static const int change[] = {
	SYS_unlinkat,
	SYS_renameat2,
	SYS_mkdirat,
	SYS_linkat,
	SYS_symlinkat,
	SYS_mknodat,
	SYS_fchmodat,
	SYS_fchownat,
	SYS_fchmod,
	SYS_fchown,
	SYS_truncate,
	SYS_setxattr,
	SYS_lsetxattr,
	SYS_fsetxattr,
	SYS_removexattr,
	SYS_lremovexattr,
	SYS_fremovexattr,
	SYS_getxattr,
	SYS_lgetxattr,
	SYS_fgetxattr,
	SYS_listxattr,
	SYS_llistxattr,
	SYS_flistxattr,
	SYS_utimensat,
#ifdef SYS_open
	SYS_open,
	SYS_creat,
	SYS_unlink,
	SYS_rename,
	SYS_mkdir,
	SYS_rmdir,
	SYS_link,
	SYS_symlink,
	SYS_mknod,
	SYS_chmod,
	SYS_chown,
	SYS_lchown,
	SYS_utime,
	SYS_utimes,
	SYS_futimesat,
#endif
#ifdef SYS_renameat
	SYS_renameat,
#endif
};

/* What happens to a call: where the filter ends, or an argument that is looked
 * at before. */
enum {
	ALLOWED,
	REFUSED,
	UNKNOWN, /* there is no such call */
	LOOKED_AT,
};

/* A call whose argument is looked at: the test, a jump on one of two values,
 * says whether it is refused. */
struct look {
	int nr;
	unsigned argument, test;
	uint32_t k[2]; /* the same twice where there is one */
	bool refuse;   /* what it is true of; else all other */
};

enum {
	LOOK = 3,    /* steps of the filter */
	CALLS = 424, /* what has a higher number is younger than Linux 5.0, and
		      * libc goes on without */
	MAX_RANGES = 128,
};

/* What happens to all calls from a number on. */
struct range {
	uint32_t from;
	unsigned char fate;
};

struct filter {
	struct sock_filter op[255];
	unsigned short n;
	unsigned char fate[CALLS];
	struct range range[MAX_RANGES];
	size_t nranges;
	struct look look[8];
	size_t nlooks;
};

static void
add(struct filter *f, unsigned op, uint32_t k, unsigned yes, unsigned no)
{
	f->op[f->n++] =
	    (struct sock_filter){ (uint16_t)op, (uint8_t)yes, (uint8_t)no, k };
}

static void
refuse_all(struct filter *f, const int *nr, size_t n)
{
	for (size_t i = 0; i < n; i++)
		f->fate[nr[i]] = REFUSED;
}

static void
look_at(struct filter *f, struct look look)
{
	f->fate[look.nr] = (unsigned char)(LOOKED_AT + f->nlooks);
	f->look[f->nlooks++] = look;
}

static void
make_ranges(struct filter *f)
{
	for (uint32_t nr = 1; nr < CALLS && f->nranges < MAX_RANGES - 1; nr++)
		if (f->fate[nr] != f->fate[nr - 1])
			f->range[f->nranges++] =
			    (struct range){ nr, f->fate[nr] };
	/* The calls of x32, too, which are the same under other numbers;
	 * clone3() and openat2(), whose arguments cannot be looked at. */
	f->range[f->nranges++] = (struct range){ CALLS, UNKNOWN };
}

/* Where the filter ends so, counted from its tree. */
static size_t
ending(const struct filter *f, size_t fate)
{
	return fate < LOOKED_AT ? f->nranges + LOOK * f->nlooks + fate
				: f->nranges + LOOK * (fate - LOOKED_AT);
}

/* A tree, as the kernel goes through the filter once for each call there is and
 * then compiles it: a list would cost more than the rest of the sandbox.  range
 * has n; of numbers below the first the fate is below. */
/* NOLINTBEGIN(misc-no-recursion): as deep as the number of ranges has digits in
 * binary */
static void
search(struct filter *f, size_t tree, const struct range *range, size_t n,
    size_t below)
{
	size_t half = n / 2, node = f->n, fate = range[half].fate;

	add(f, BPF_JMP | BPF_JGE | BPF_K, (uint32_t)range[half].from, 0, 0);
	f->op[node].jf =
	    (uint8_t)(half > 0 ? 0 : tree + ending(f, below) - node - 1);
	if (half > 0)
		search(f, tree, range, half, below);
	f->op[node].jt =
	    (uint8_t)(n - half > 1 ? f->n - node - 1
				   : tree + ending(f, fate) - node - 1);
	if (n - half > 1)
		search(f, tree, range + half + 1, n - half - 1, fate);
}
/* NOLINTEND(misc-no-recursion) */

static void
put_look(struct filter *f, size_t tree, const struct look *look)
{
	size_t is = tree + ending(f, look->refuse ? REFUSED : ALLOWED);
	size_t other = tree + ending(f, look->refuse ? ALLOWED : REFUSED);

	add(f, BPF_LD | BPF_W | BPF_ABS, ARGUMENT(look->argument), 0, 0);
	add(f, BPF_JMP | BPF_K | look->test, look->k[0],
	    (unsigned)(is - f->n - 1), 0);
	add(f, BPF_JMP | BPF_K | look->test, look->k[1],
	    (unsigned)(is - f->n - 1), (unsigned)(other - f->n - 1));
}

static void
make_program(struct filter *f)
{
	add(f, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch), 0,
	    0);
	add(f, BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0);
	add(f, BPF_RET | BPF_K, REFUSE, 0, 0);
	add(f, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr), 0,
	    0);

	size_t tree = f->n;

	search(f, tree, f->range, f->nranges, ALLOWED);
	for (size_t i = 0; i < f->nlooks; i++)
		put_look(f, tree, &f->look[i]);
	add(f, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
	add(f, BPF_RET | BPF_K, REFUSE, 0, 0);
	add(f, BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS, 0, 0);
}

static void
seccomp(const struct sandbox *s)
{
	struct filter f = { .n = 0 };
	uint32_t mine = (uint32_t)getpid();
	const uint32_t writes = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC;

	refuse_all(&f, never, ARRAY_LEN(never));
	look_at(&f, (struct look){ SYS_clone, 0, BPF_JSET,
			{ CLONE_THREAD, CLONE_THREAD }, false });
	look_at(
	    &f, (struct look){ SYS_tgkill, 0, BPF_JEQ, { mine, mine }, false });
	/* Limits of our own may be asked for; those of others no more than
	 * signals to them, which F_SETOWN would send too. */
	look_at(
	    &f, (struct look){ SYS_prlimit64, 0, BPF_JEQ, { 0, mine }, false });
	look_at(&f, (struct look){ SYS_fcntl, 1, BPF_JEQ,
			{ F_SETOWN, F_SETOWN_EX }, true });
	/* Of a terminal its kind and size are asked: TIOCSTI would type. */
	look_at(&f, (struct look){
			SYS_ioctl, 1, BPF_JEQ, { TCGETS, TIOCGWINSZ }, false });
	if (s->network) {
		f.fate[SYS_socketpair] = REFUSED;
		look_at(&f, (struct look){ SYS_socket, 0, BPF_JEQ,
				{ AF_INET, AF_INET6 }, false });
	} else {
		refuse_all(&f, network, ARRAY_LEN(network));
	}
	if (s->nwrite == 0 && !s->spool) {
		refuse_all(&f, change, ARRAY_LEN(change));
		look_at(&f, (struct look){ SYS_openat, 2, BPF_JSET,
				{ writes, writes }, true });
	}
	make_ranges(&f);
	make_program(&f);

	struct sock_fprog program = { f.n, f.op };

	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

#else

static void
seccomp(const struct sandbox *s)
{
	(void)s;
}

#endif

void
sandbox_enter(const struct sandbox *s)
{
	if (s->off || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return;
	landlock(s);
	seccomp(s);
}

#elif defined(__OpenBSD__) && !defined(NO_SANDBOX)

#include <unistd.h>

void
sandbox_enter(const struct sandbox *s)
{
	if (s->off)
		return;
	if (s->nwrite > 0 || s->spool)
		pledge(s->network ? "stdio rpath wpath cpath fattr inet"
				  : "stdio rpath wpath cpath fattr",
		    NULL);
	else
		pledge(s->network ? "stdio rpath inet" : "stdio rpath", NULL);
}

#else

void
sandbox_enter(const struct sandbox *s)
{
	(void)s;
}

#endif
