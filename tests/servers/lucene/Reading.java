import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.RegexpQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.WildcardQuery;
import org.apache.lucene.util.automaton.Operations;
import org.apache.lucene.util.automaton.RegExp;

/** Queries from lines of words: each part comes after those that it joins. */
final class Reading {
  private final Deque<Part> parts = new ArrayDeque<>();

  /** The words of a line, which stand between tabs; what would break a line is escaped as in Java. */
  static String[] words(String line) {
    return Arrays.stream(line.split("\t", -1)).map(String::translateEscapes).toArray(String[]::new);
  }

  /** Take the next part. */
  void take(String[] line) {
    parts.push(part(line));
  }

  /** The query that was taken whole. */
  Part query() {
    return parts.pop();
  }

  private Part part(String[] line) {
    return switch (line[0]) {
      case "words" -> phrase(line);
      case "own-phrase" -> new Parts.Own(phrase(line));
      case "regex" -> new Parts.Regex(fields(line[1]), line[2]);
      case "value" -> new Parts.Ready(new TermQuery(new Term(line[1], line[2])));
      case "value-like" -> new Parts.Ready(new WildcardQuery(new Term(line[1], line[2].replace("\\", "\\\\"))));
      case "value-regex" -> new Parts.Ready(regexp(new Term(line[1], line[2])));
      case "near" -> near(line);
      case "either" -> new Parts.Either(pop(Integer.parseInt(line[1])));
      case "all" -> {
        List<Part> unwanted = pop(Integer.parseInt(line[2]));
        yield new Parts.All(pop(Integer.parseInt(line[1])), unwanted);
      }
      default -> throw new IllegalArgumentException("no such part: " + line[0]);
    };
  }

  private static Phrase phrase(String[] line) {
    List<Word> read = Arrays.stream(line).skip(3).map(Word::read).toList();
    return new Phrase(fields(line[1]), Integer.parseInt(line[2]), read);
  }

  private Part near(String[] line) {
    Part right = parts.pop();
    Part left = parts.pop();
    int distance = Integer.parseInt(line[2]);
    return line[3].equals("shortest")
        ? new Parts.NearShortest(left, right, distance, fields(line[1]))
        : new Parts.Near(left, right, distance, fields(line[1]));
  }

  private static RegexpQuery regexp(Term term) {
    int work = Operations.DEFAULT_DETERMINIZE_WORK_LIMIT;
    return new RegexpQuery(term, RegExp.NONE, RegExp.ASCII_CASE_INSENSITIVE, work);
  }

  private static List<String> fields(String names) {
    return List.of(names.split(","));
  }

  private List<Part> pop(int number) {
    List<Part> popped = new ArrayList<>();
    for (int n = 0; n < number; n++) {
      popped.add(parts.pop());
    }
    return popped;
  }
}
