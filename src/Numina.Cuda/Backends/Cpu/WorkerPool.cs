using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Numina.Cuda.Backends.Cpu;

/// <summary>A piece of work that is cut into numbered items, which may run in any order on any thread.</summary>
internal interface IParallelJob
{
    /// <summary>Does one item. <paramref name="worker"/> is the executing thread's number, below <see cref="WorkerPool.Threads"/>: for scratch memory.</summary>
    void Execute(int item, int worker);
}

/// <summary>
/// A bounded set of threads that share the items of one job at a time with the thread that calls <see cref="Run"/>. Nobody waits for a thread that has not begun:
/// on a busy machine the caller does the work alone, and does so for a while after a thread was taken off its core in the middle of an item. Idle threads spin
/// briefly, then sleep. One caller at a time.
/// </summary>
internal sealed unsafe class WorkerPool : IDisposable
{
    private const int SpinRounds = 400;

    /// <summary>Jobs done alone after the first, and at most after many, stalls in a row.</summary>
    private const int FewJobsAlone = 16, MostJobsAlone = 1024;
    private static readonly long s_stallTicks = Stopwatch.Frequency / 5000;
    private readonly Thread[] _threads;
    private readonly SemaphoreSlim _wake = new(0);
    private Counters _counters;
    private void* _job;
    private delegate*<void*, int, int, void> _execute;
    private int _items;
    private ExceptionDispatchInfo? _failure;
    private volatile bool _stopping;
    private int _jobsAlone;
    private int _nextJobsAlone = FewJobsAlone;

    public WorkerPool(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Threads = threads;
        _threads = new Thread[threads - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            int worker = i + 1;
            _threads[i] = new Thread(() => Work(worker)) { IsBackground = true, Name = $"numina-cpu-{worker}" };
            _threads[i].Start();
        }
    }

    public int Threads { get; }

    /// <summary>Runs items 0 .. <paramref name="items"/> - 1 and returns when all are done. The first exception of an item is thrown again here.</summary>
    public void Run<TJob>(ref TJob job, int items) where TJob : struct, IParallelJob
    {
        if (items <= 1 || _threads.Length == 0 || _jobsAlone > 0)
        {
            _jobsAlone = Math.Max(0, _jobsAlone - 1);
            for (int item = 0; item < items; item++)
            {
                job.Execute(item, 0);
            }

            return;
        }

        // The job lives on the caller's stack, which does not move, until every item is done.
        _job = Unsafe.AsPointer(ref job);
        _execute = &Invoke<TJob>;
        _items = items;
        _counters.Done = 0;
        Interlocked.Exchange(ref _counters.Remaining, items);
        int asleep = Volatile.Read(ref _counters.Asleep);
        if (asleep > 0)
        {
            _wake.Release(Math.Min(asleep, items - 1));
        }

        long start = Stopwatch.GetTimestamp();
        TakeItems(0);
        if (Volatile.Read(ref _counters.Done) < items)
        {
            WaitForStragglers(items, Stopwatch.GetTimestamp() - start);
        }

        if (Interlocked.Exchange(ref _failure, null) is { } failure)
        {
            failure.Throw();
        }
    }

    public void Dispose()
    {
        _stopping = true;
        if (_threads.Length > 0)
        {
            _wake.Release(_threads.Length);
        }

        foreach (Thread thread in _threads)
        {
            thread.Join();
        }

        _wake.Dispose();
    }

    private static void Invoke<TJob>(void* job, int item, int worker) where TJob : struct, IParallelJob =>
        Unsafe.AsRef<TJob>(job).Execute(item, worker);

    private void Work(int worker)
    {
        while (!_stopping)
        {
            if (WaitForItems())
            {
                TakeItems(worker);
            }
        }
    }

    /// <summary>
    /// Waits for the items that other threads have begun: at most one each, so a wait that exceeds the caller's own work by far means that a thread has lost its core.
    /// </summary>
    private void WaitForStragglers(int items, long ownTicks)
    {
        long start = Stopwatch.GetTimestamp();
        SpinWait spin = default;
        while (Volatile.Read(ref _counters.Done) < items)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }

        if (Stopwatch.GetTimestamp() - start > s_stallTicks + 2 * ownTicks)
        {
            _jobsAlone = _nextJobsAlone;
            _nextJobsAlone = Math.Min(MostJobsAlone, 2 * _nextJobsAlone);
        }
        else if (_nextJobsAlone > FewJobsAlone)
        {
            _nextJobsAlone--;
        }
    }

    /// <summary>True when there may be items. Spins first: between the operations of a forward pass lie microseconds.</summary>
    private bool WaitForItems()
    {
        for (int round = 0; round < SpinRounds; round++)
        {
            if (Volatile.Read(ref _counters.Remaining) > 0)
            {
                return true;
            }

            Thread.SpinWait(8);
        }

        // Counted as asleep before the last look, so that a job published in between either is seen or wakes this thread.
        Interlocked.Increment(ref _counters.Asleep);
        if (Volatile.Read(ref _counters.Remaining) <= 0 && !_stopping)
        {
            _wake.Wait();
        }

        Interlocked.Decrement(ref _counters.Asleep);
        return true;
    }

    /// <summary>
    /// Claims items until none is left. A claim by a thread that comes late to a finished job fails, or is a valid claim on the next job, whose fields
    /// were written before its count.
    /// </summary>
    private void TakeItems(int worker)
    {
        int done = 0;
        for (int left = Claim(); left >= 0; left = Claim())
        {
            try
            {
                _execute(_job, _items - 1 - left, worker);
            }
#pragma warning disable CA1031 // Thrown again by Run, on the caller's thread.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(exception), null);
            }

            done++;
        }

        if (done > 0)
        {
            Interlocked.Add(ref _counters.Done, done);
        }
    }

    private int Claim() => Volatile.Read(ref _counters.Remaining) > 0 ? Interlocked.Decrement(ref _counters.Remaining) : -1;

    /// <summary>Each counter on cache lines of its own.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 512)]
    private struct Counters
    {
        [FieldOffset(128)]
        public int Remaining;

        [FieldOffset(256)]
        public int Done;

        [FieldOffset(384)]
        public int Asleep;
    }
}
