using Numina.Cuda.Solving.Answers;
using Numina.Cuda.Solving.Python;

namespace Numina.Cuda.Solving;

/// <summary>
/// One trace of one problem: generate until a code block closes, have it run, append the output, go on until there is an answer. It knows nothing of the other
/// traces, and nothing in it depends on time.
/// </summary>
internal sealed class Trace(Problem problem, int sample, ITraceModel model, IPythonRunner python, SolverOptions options, Action<SolveEvent>? observe)
{
    private static readonly StopText[] Stops =
        [new("```output\n", Kept: true), new("```output\r\n", Kept: true), new("### Problem:", Kept: false)];

    private readonly List<TurnRecord> _turns = [];
    private int _rounds;

    public async Task<TraceRecord> RunAsync(CancellationToken cancel)
    {
        int freeRestarts = options.FreeRestarts;
        for (int attempt = 0; ; attempt++)
        {
            int before = _rounds;
            Outcome outcome = await RunAttemptAsync(attempt, cancel).ConfigureAwait(false);
            bool free = freeRestarts > 0;
            _rounds = free ? before : _rounds + 1;
            if (!MayRestart(outcome.End) || _rounds >= options.Rounds)
            {
                TraceRecord record = Record(outcome);
                observe?.Invoke(new TraceFinished(sample, record));
                return record;
            }

            freeRestarts -= free ? 1 : 0;
            observe?.Invoke(new TraceRestarted(sample, attempt + 1, outcome.End));
        }
    }

    private async Task<Outcome> RunAttemptAsync(int attempt, CancellationToken cancel)
    {
        using ITraceSession session = model.Open(new TraceKey(problem.Id, sample, _turns.Count), problem.Prompt);
        ExecutionRecord? last = null;
        while (true)
        {
            bool answerOnly = _rounds == options.Rounds;
            Completion completion = await session.GenerateAsync(
                new CompletionOptions(answerOnly ? Math.Min(options.AnswerTokens, options.MaxNewTokens) : options.MaxNewTokens, Stops),
                text => observe?.Invoke(new TextWritten(sample, text)), cancel).ConfigureAwait(false);
            TurnRecord record = new() { Attempt = attempt, Text = completion.Text, Tokens = completion.Tokens, Reason = completion.Reason };
            TurnText turn = TurnText.Parse(completion.Text, startsLine: last == null);
            bool canRun = turn.Code != null || last != null;
            if (!turn.AsksForRun || !canRun || answerOnly)
            {
                _turns.Add(record);
                return turn.AsksForRun && canRun ? new Outcome(TraceEnd.OutOfRounds, PrintedBox(last)) : Conclude(turn, completion.Reason, last);
            }

            last = turn.Code == null ? last! with { Stored = true } : await ExecuteAsync(turn.Code, cancel).ConfigureAwait(false);
            _rounds++;
            record = record with { Execution = last, Appended = OutputText.Append(completion.Text, turn.Ending, last, options.OutputLimit) };
            _turns.Add(record);
            session.Append(record.Appended);
            observe?.Invoke(new ExecutionFinished(sample, last, record.Appended));
        }
    }

    private async Task<ExecutionRecord> ExecuteAsync(string code, CancellationToken cancel)
    {
        observe?.Invoke(new ExecutionStarted(sample, code));
        PythonResult result = await python.RunAsync(new PythonJob(code, PythonProfile.Default), cancel).ConfigureAwait(false);
        return ExecutionRecord.Of(code, result);
    }

    /// <summary>The attempt's end where no code is to be run: an answer, or the reason why there is none.</summary>
    private Outcome Conclude(TurnText turn, CompletionReason reason, ExecutionRecord? last)
    {
        bool ran = last != null;
        string? answer = turn.Ending == TurnEnding.OpenBlock ? null : AnswerExtractor.Find(turn.Prose);
        if (answer != null)
        {
            return turn.Code != null ? new Outcome(TraceEnd.Hallucinated)
                : ran || options.AcceptNoCode ? new Outcome(TraceEnd.Answered, answer)
                : new Outcome(TraceEnd.NoCode);
        }

        TraceEnd end = reason == CompletionReason.ContextFull ? TraceEnd.ContextFull
            : turn.Ending == TurnEnding.OpenBlock ? TraceEnd.CutInCode
            : ran || turn.Code != null ? TraceEnd.NoAnswer
            : TraceEnd.NoCode;
        return new Outcome(end, turn.Code == null ? PrintedBox(last) : null);
    }

    private string? PrintedBox(ExecutionRecord? last) =>
        options.AcceptPrintedBox && last is { Status: PythonStatus.Success } ? AnswerExtractor.LastBox(last.Output) : null;

    private bool MayRestart(TraceEnd end) => end switch
    {
        TraceEnd.NoCode or TraceEnd.NoAnswer or TraceEnd.CutInCode => options.RestartOnFail,
        TraceEnd.Hallucinated => options.RestartHallucinated,
        _ => false,
    };

    private TraceRecord Record(Outcome outcome) => new()
    {
        Sample = sample,
        End = outcome.End,
        Answer = outcome.Answer,
        Value = outcome.Answer == null ? null : AnswerNormalizer.Integer(outcome.Answer)?.ToString(),
        Turns = _turns,
    };

    /// <summary>An answer found where the model itself gave none makes the attempt an answered one.</summary>
    private readonly record struct Outcome
    {
        public Outcome(TraceEnd end, string? answer = null) => (End, Answer) = (answer == null ? end : TraceEnd.Answered, answer);

        public TraceEnd End { get; }

        public string? Answer { get; }
    }
}
