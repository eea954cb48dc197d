using System.Diagnostics;
using Numina.Cuda.Model;

namespace Numina.Cuda.Engine;

/// <summary>
/// The open sequences, where the callers' threads and the engine's thread meet: every member takes one lock, held for bookkeeping only, never during a step or in a
/// caller's code. A sequence that is being continued belongs to the engine's thread, a parked one to its caller.
/// </summary>
internal sealed class Sequences(PageTables tables, LlamaLimits limits, bool shareGeneratedText)
{
    private readonly object _gate = new();
    private readonly Scheduler _scheduler = new(tables, limits, shareGeneratedText);
    private long _opened, _steps, _ticks;
    private bool _stopping;
    private Exception? _failure;

    public EngineMetrics Metrics
    {
        get
        {
            lock (_gate)
            {
                return new EngineMetrics
                {
                    Steps = _steps,
                    PrefilledTokens = _scheduler.PrefilledTokens,
                    RecomputedTokens = _scheduler.RecomputedTokens,
                    PrefixHitTokens = _scheduler.PrefixHitTokens,
                    DecodedTokens = _scheduler.DecodedTokens,
                    Preemptions = _scheduler.Preemptions,
                    Pages = tables.Pool.Pages,
                    PagesUsed = tables.Pool.Pages - tables.Pool.Free,
                    PagesPeak = tables.Pool.Peak,
                    ComputeTime = Stopwatch.GetElapsedTime(0, _ticks),
                };
            }
        }
    }

    public Sequence Open(ReadOnlySpan<int> prompt, int effectiveLength)
    {
        lock (_gate)
        {
            ThrowIfStopped();
            var sequence = new Sequence(_opened++, prompt, effectiveLength);
            _scheduler.Open(sequence);
            return sequence;
        }
    }

    /// <summary>A parked sequence with the tokens and the pages of another.</summary>
    public Sequence Fork(Sequence original)
    {
        lock (_gate)
        {
            ThrowIfNotParked(original);
            var sequence = new Sequence(_opened++, original);
            tables.Share(original, sequence);
            _scheduler.Open(sequence);
            return sequence;
        }
    }

    public void Append(Sequence sequence, ReadOnlySpan<int> tokens, int effectiveLength)
    {
        lock (_gate)
        {
            ThrowIfNotParked(sequence);
            sequence.Append(tokens, effectiveLength);
        }
    }

    public void Rewind(Sequence sequence, int count)
    {
        lock (_gate)
        {
            ThrowIfNotParked(sequence);
            sequence.Truncate(count);
            tables.Trim(sequence);
        }
    }

    /// <summary>Frees a sequence's pages: at once, or when its generation has ended as cancelled.</summary>
    public void Close(Sequence sequence)
    {
        lock (_gate)
        {
            if (sequence.IsClosed)
            {
                return;
            }

            sequence.IsClosed = true;
            if (sequence.Generation is { } generation)
            {
                generation.RequestCancel();
                Monitor.PulseAll(_gate);
            }
            else
            {
                _scheduler.Close(sequence);
            }
        }
    }

    /// <summary>Has a parked sequence continued.</summary>
    public void Start(Sequence sequence, ActiveGeneration generation)
    {
        lock (_gate)
        {
            ThrowIfNotParked(sequence);
            sequence.Generation = generation;
            _scheduler.Activate(sequence);
            Monitor.PulseAll(_gate);
        }
    }

    public void Cancel(ActiveGeneration generation)
    {
        lock (_gate)
        {
            generation.RequestCancel();
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits until there is something to do: sequences whose generation is to end, or a step. Neither means that the engine is being disposed.</summary>
    public Work Wait()
    {
        lock (_gate)
        {
            while (true)
            {
                List<Sequence> cancelled = [.. _scheduler.Active.Where(sequence => _stopping || sequence.Generation!.CancelRequested)];
                Batch? batch = cancelled.Count > 0 || _stopping ? null : _scheduler.Next();
                if (batch != null || cancelled.Count > 0 || _stopping)
                {
                    return new Work(cancelled, batch);
                }

                Monitor.Wait(_gate);
            }
        }
    }

    /// <summary>Records a step that took this many ticks of the stopwatch.</summary>
    public void Commit(Batch batch, long ticks)
    {
        lock (_gate)
        {
            _scheduler.Commit(batch);
            _steps++;
            _ticks += ticks;
        }
    }

    /// <summary>Parks a sequence that is being continued, or closes it when its session is gone. Gives the generation that ended.</summary>
    public ActiveGeneration Park(Sequence sequence)
    {
        lock (_gate)
        {
            ActiveGeneration ended = sequence.Generation!;
            sequence.Generation = null;
            _scheduler.Park(sequence);
            if (sequence.IsClosed)
            {
                _scheduler.Close(sequence);
            }

            return ended;
        }
    }

    /// <summary>No generation starts any more. With a failure, every later call throws an <see cref="EngineException"/> around it.</summary>
    public void Stop(Exception? failure)
    {
        lock (_gate)
        {
            _failure ??= failure;
            _stopping = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void ThrowIfNotParked(Sequence sequence)
    {
        ThrowIfStopped();
        ObjectDisposedException.ThrowIf(sequence.IsClosed, typeof(Session));
        if (sequence.Generation != null)
        {
            throw new InvalidOperationException("the session is generating: wait for that to end first");
        }
    }

    private void ThrowIfStopped()
    {
        if (_failure != null)
        {
            throw new EngineException($"the engine has failed: {_failure.Message}", _failure);
        }

        ObjectDisposedException.ThrowIf(_stopping, typeof(Engine));
    }
}

/// <summary>What the engine's thread has to do next.</summary>
internal readonly record struct Work(IReadOnlyList<Sequence> Cancelled, Batch? Batch);
