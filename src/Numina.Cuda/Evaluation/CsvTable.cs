using System.Text;

namespace Numina.Cuda.Evaluation;

/// <summary>Reads CSV as RFC 4180 has it: a header, quoted fields with doubled quotes and line breaks, LF or CRLF, an optional byte order mark.</summary>
internal static class CsvTable
{
    public static IEnumerable<RawRow> Read(string path)
    {
        var reader = new Records(path, File.ReadAllText(path, new UTF8Encoding(false, throwOnInvalidBytes: true)).TrimStart('\uFEFF'));
        if (reader.Next() is not { } header)
        {
            throw new DatasetException($"{path}: expected a header line, found an empty file");
        }

        while (reader.Next() is { } record)
        {
            if (record.Fields is [""])
            {
                continue;
            }

            if (record.Fields.Count != header.Fields.Count)
            {
                throw new DatasetException($"{path}: line {record.Line}: expected {header.Fields.Count} fields, found {record.Fields.Count}");
            }

            yield return new RawRow($"line {record.Line}", header.Fields.Zip(record.Fields)
                .ToDictionary(pair => pair.First, pair => (object?)pair.Second, StringComparer.Ordinal));
        }
    }

    private sealed class Records(string path, string text)
    {
        private int _at;
        private int _line = 1;

        public (int Line, List<string> Fields)? Next()
        {
            if (_at >= text.Length)
            {
                return null;
            }

            int first = _line;
            var fields = new List<string>();
            while (true)
            {
                fields.Add(_at < text.Length && text[_at] == '"' ? Quoted() : Plain());
                if (_at >= text.Length || text[_at++] != ',')
                {
                    _line++;
                    return (first, fields);
                }
            }
        }

        /// <summary>Up to the next comma or line feed; a carriage return before the line feed belongs to the line's end.</summary>
        private string Plain()
        {
            int end = text.AsSpan(_at).IndexOfAny(',', '\n');
            end = end < 0 ? text.Length : _at + end;
            string field = text[_at..end];
            _at = end;
            return end >= text.Length || text[end] == '\n' ? field.TrimEnd('\r') : field;
        }

        private string Quoted()
        {
            int opened = _line;
            var field = new StringBuilder();
            for (_at++; _at < text.Length; _at++)
            {
                if (text[_at] != '"')
                {
                    _line += text[_at] == '\n' ? 1 : 0;
                    field.Append(text[_at]);
                }
                else if (_at + 1 < text.Length && text[_at + 1] == '"')
                {
                    field.Append('"');
                    _at++;
                }
                else
                {
                    _at++;
                    string rest = Plain();
                    return rest.Length == 0
                        ? field.ToString()
                        : throw new DatasetException($"{path}: line {_line}: expected a comma behind the closing quote, found \"{rest}\"");
                }
            }

            throw new DatasetException($"{path}: line {opened}: expected a closing quote, found the end of the file");
        }
    }
}
