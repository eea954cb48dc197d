using System.Text;
using Numina.Cuda.Backends;
using Numina.Cuda.Model;
using Numina.Cuda.Text;

namespace Numina.Cuda.Engine;

/// <summary>A generation in progress: takes drawn tokens, grows the text, sees where it ends. Only the engine's thread calls it, but for <see cref="RequestCancel"/>.</summary>
internal sealed class ActiveGeneration
{
    private readonly Sequence _sequence;
    private readonly Tokenizer _tokenizer;
    private readonly RopeTable _rope;
    private readonly Action<string>? _onText;
    private readonly StopTexts _stops;
    private readonly TextStream _stream;
    private readonly StringBuilder _text = new();
    private readonly List<int> _ends = [];
    private readonly List<float> _logProbs = [];
    private readonly TaskCompletionSource<Generation> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _start;
    private int _told;
    private int _drawn;
    private volatile bool _cancelRequested;

    public ActiveGeneration(Sequence sequence, GenerationOptions options, NoiseKey noise, Tokenizer tokenizer, RopeTable rope, Action<string>? onText)
    {
        (_sequence, Options, Noise, _tokenizer, _rope, _onText) = (sequence, options, noise, tokenizer, rope, onText);
        _start = sequence.Tokens.Count;
        _stops = new StopTexts(options.Stop);
        _stream = Continuation.Stream(tokenizer, sequence.Tokens.Span);
    }

    public GenerationOptions Options { get; }

    public NoiseKey Noise { get; }

    public Task<Generation> Completion => _completion.Task;

    public bool CancelRequested => _cancelRequested;

    public void RequestCancel() => _cancelRequested = true;

    /// <summary>Adds a drawn token to the sequence. Says why the generation is over, or null when it goes on.</summary>
    public FinishReason? Accept(SampledToken sampled, IReadOnlyList<int> endTokens, int contextLimit)
    {
        _drawn++;
        if (!Options.IgnoreEos && endTokens.Contains(sampled.Token))
        {
            return FinishReason.EndOfSequence;
        }

        _sequence.Append([sampled.Token], _rope.EffectiveLength(_sequence.Tokens.Count + 1));
        _logProbs.Add(sampled.LogProbability);
        string? piece = _stream.Push(sampled.Token);
        _text.Append(piece);
        _ends.Add(piece == null ? -1 : _text.Length);
        if (piece != null && EndsAtStop(piece.Length))
        {
            return FinishReason.Stop;
        }

        return _drawn >= Options.MaxNewTokens ? FinishReason.Length
            : _sequence.Tokens.Count >= contextLimit ? FinishReason.ContextFull
            : null;
    }

    /// <summary>
    /// Gives the caller the text that is decided: what can't be the beginning of a stop text that would be dropped. False when the caller's code threw: then the generation
    /// is to end, and fails with that.
    /// </summary>
    public bool TryTell()
    {
        return _onText == null || _text.Length == _told || TryTell(_text.Length - (Options.IncludeStop ? 0 : _stops.Undecided(Tail(_stops.Longest))));
    }

    /// <summary>Completes the caller's task. The sequence must be parked.</summary>
    public void Finish(FinishReason reason)
    {
        int[] tokens = _sequence.Tokens.Span[_start..].ToArray();
        if (TryTell(_text.Length))
        {
            _completion.TrySetResult(new Generation(_text.ToString(), tokens, Options.LogProbs ? _logProbs : null, reason, _drawn));
        }
    }

    public void Fail(Exception exception) => _completion.TrySetException(exception);

    private bool TryTell(int end)
    {
        try
        {
            if (end > _told)
            {
                string piece = _text.ToString(_told, end - _told);
                _told = end;
                _onText?.Invoke(piece);
            }

            return true;
        }
        catch (Exception exception)
        {
            Fail(exception);
            return false;
        }
    }

    /// <summary>Whether the last piece completed a stop text; then text and tokens end there.</summary>
    private bool EndsAtStop(int added)
    {
        if (Options.Stop.Count == 0)
        {
            return false;
        }

        string tail = Tail(added + _stops.Longest - 1);
        if (_stops.Find(tail) is not { } stop)
        {
            return false;
        }

        int keep = _text.Length - tail.Length + (Options.IncludeStop ? stop.End.Value : stop.Start.Value);
        ReadOnlySpan<int> all = _sequence.Tokens.Span;
        CutTokens cut = Continuation.Cut(_tokenizer, all[.._start], all[_start..], _ends, _text.ToString(), keep);
        _sequence.Truncate(_start + cut.Kept);
        _sequence.Append(cut.Added, _rope.EffectiveLength(_sequence.Tokens.Count + cut.Added.Length));
        _logProbs.RemoveRange(cut.Kept, _logProbs.Count - cut.Kept);
        _logProbs.AddRange(Enumerable.Repeat(float.NaN, cut.Added.Length));
        _text.Length = keep;
        return true;
    }

    private string Tail(int length) => _text.ToString(Math.Max(0, _text.Length - length), Math.Min(length, _text.Length));
}
