// Atomics are real ones: two workers may run two blocks at once.
#pragma once
template <class T> struct emu_same { typedef T type; };
template <class T, class F> EMU_INLINE T emu_atomic(T* p, F update) {
    emu_touch(emu_t, p, sizeof(T), 2);
    T old, now;
    __atomic_load(p, &old, __ATOMIC_RELAXED);
    do now = update(old); while (!__atomic_compare_exchange(p, &old, &now, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
    return old;
}
#define EMU_ATOMIC(name, expression) \
    template <class T> EMU_INLINE T atomic##name(T* p, typename emu_same<T>::type v) { \
        return emu_atomic(p, [v](T o) -> T { return expression; }); \
    }
EMU_ATOMIC(Add, o + v)
EMU_ATOMIC(Sub, o - v)
EMU_ATOMIC(Min, o < v ? o : v)
EMU_ATOMIC(Max, o > v ? o : v)
EMU_ATOMIC(And, o & v)
EMU_ATOMIC(Or, o | v)
EMU_ATOMIC(Xor, o ^ v)
EMU_ATOMIC(Exch, ((void)o, v))
template <class T> EMU_INLINE T atomicCAS(T* p, typename emu_same<T>::type compare, typename emu_same<T>::type v) {
    return emu_atomic(p, [compare, v](T o) -> T { return o == compare ? v : o; });
}
