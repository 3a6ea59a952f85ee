// For helgrind, which knows the locks of pthread and not those of Rust: around Rust's functions, what they order.
// Without optimization each of them is a function of its own in the program, for each type (NONE is the program, Za
// stands for any characters). scripts/sanitize preloads this.
#include <valgrind/helgrind.h>

// Results of Mutex::lock do not fit into registers: the caller gives their place first.
#define MUTEX_LOCK I_WRAP_SONAME_FNNAME_ZZ(NONE, ZaMutexZaLTZaTZaGTZa4lock17hZa)
void *MUTEX_LOCK(void *result, void *mutex)
{
	OrigFn lock;
	void *place;

	VALGRIND_GET_ORIG_FN(lock);
	CALL_FN_W_WW(place, lock, result, mutex);
	ANNOTATE_HAPPENS_AFTER(mutex);
	return place;
}

// A guard begins with the address of its mutex.
#define GUARD_DROP I_WRAP_SONAME_FNNAME_ZZ(NONE, ZaMutexGuardZaopsZadropZaDropZa4drop17hZa)
void GUARD_DROP(void **guard)
{
	OrigFn unlock;

	VALGRIND_GET_ORIG_FN(unlock);
	ANNOTATE_HAPPENS_BEFORE(*guard);
	CALL_FN_v_W(unlock, guard);
}

// Channels: what was done before something is sent, and after it has come.
#define START_SEND I_WRAP_SONAME_FNNAME_ZZ(NONE, ZampmcZaChannelZa10start_send17hZa)
void *START_SEND(void *channel, void *token)
{
	OrigFn start;
	void *started;

	VALGRIND_GET_ORIG_FN(start);
	ANNOTATE_HAPPENS_BEFORE(channel);
	CALL_FN_W_WW(started, start, channel, token);
	return started;
}

#define START_RECEIVE I_WRAP_SONAME_FNNAME_ZZ(NONE, ZampmcZaChannelZa10start_recv17hZa)
void *START_RECEIVE(void *channel, void *token)
{
	OrigFn start;
	void *started;

	VALGRIND_GET_ORIG_FN(start);
	CALL_FN_W_WW(started, start, channel, token);
	ANNOTATE_HAPPENS_AFTER(channel);
	return started;
}

// What threads did that all wait for each other.
#define BARRIER_WAIT I_WRAP_SONAME_FNNAME_ZZ(NONE, Za7barrierZa7Barrier4waitZa)
void *BARRIER_WAIT(void *barrier)
{
	OrigFn wait;
	void *leads;

	VALGRIND_GET_ORIG_FN(wait);
	ANNOTATE_HAPPENS_BEFORE(barrier);
	CALL_FN_W_W(leads, wait, barrier);
	ANNOTATE_HAPPENS_AFTER(barrier);
	return leads;
}

// The end of a scoped thread, and of its scope, which waits for all of them. A scope begins with a pointer to what the
// threads count in, behind two reference counts.
#define THREAD_END I_WRAP_SONAME_FNNAME_ZZ(NONE, ZaScopeData29decrement_num_running_threadsZa)
void THREAD_END(char *data, long panicked)
{
	OrigFn end;

	VALGRIND_GET_ORIG_FN(end);
	ANNOTATE_HAPPENS_BEFORE(data);
	CALL_FN_v_WW(end, data, panicked);
}

#define SCOPE_END I_WRAP_SONAME_FNNAME_ZZ(NONE, Zadrop_in_placeZascopedZdZdScopeZDGTZDZa)
void SCOPE_END(char **scope)
{
	OrigFn end;

	VALGRIND_GET_ORIG_FN(end);
	ANNOTATE_HAPPENS_AFTER(*scope + 2 * sizeof(long));
	CALL_FN_v_W(end, scope);
}
