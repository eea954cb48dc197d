using System.Collections.Concurrent;

namespace Numina.Cuda.Solving;

/// <summary>A model that says what it is told: <c>script[i][k]</c> is the k-th generation of sample i, the empty text when used up.</summary>
/// <param name="script">Texts by sample, restarts counted through.</param>
public sealed class ScriptedTraceModel(IReadOnlyList<IReadOnlyList<string>> script) : ITraceModel
{
    private readonly ConcurrentDictionary<int, int> _generated = new();

    public ITraceSession Open(TraceKey key, string prompt) => new Session(this, key.Sample);

    /// <summary>The text up to the first stop, as a model would have been stopped; each entry counts as one token.</summary>
    internal static Completion StopAt(string text, IReadOnlyList<StopText> stops)
    {
        (int at, StopText? stop) = stops
            .Select(stop => (At: text.IndexOf(stop.Text, StringComparison.Ordinal), Stop: (StopText?)stop))
            .Where(found => found.At >= 0)
            .OrderBy(found => found.At)
            .FirstOrDefault((At: text.Length, Stop: null));
        string kept = stop is { Kept: true } ? text[..(at + stop.Text.Length)] : text[..at];
        return new Completion(kept, 1, stop == null ? CompletionReason.End : CompletionReason.Stop);
    }

    private string Next(int sample)
    {
        int k = _generated.AddOrUpdate(sample, 0, (_, last) => last + 1);
        return sample < script.Count && k < script[sample].Count ? script[sample][k] : "";
    }

    private sealed class Session(ScriptedTraceModel model, int sample) : ITraceSession
    {
        public Task<Completion> GenerateAsync(CompletionOptions options, Action<string>? onText, CancellationToken cancel)
        {
            cancel.ThrowIfCancellationRequested();
            Completion completion = StopAt(model.Next(sample), options.Stops);
            onText?.Invoke(completion.Text);
            return Task.FromResult(completion);
        }

        public void Append(string text)
        {
        }

        public void Dispose()
        {
        }
    }
}
