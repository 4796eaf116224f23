import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.memory.MemoryIndex;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.RegexpQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.WildcardQuery;
import org.apache.lucene.util.automaton.Operations;
import org.apache.lucene.util.automaton.RegExp;

/**
 * Answers which queries match which documents. Reads lines of words between tabs: `document` and its fields make
 * documents, the parts of a query come after what they join, `ask` answers a line of 0 and 1 for all documents,
 * `clear` forgets them.
 */
public final class Decisions {
  private final Analyzer words = new Analysis.Words(false);
  private final Analyzer lead = new Analysis.Words(true);
  private final List<MemoryIndex> documents = new ArrayList<>();
  private final Deque<Part> parts = new ArrayDeque<>();

  public static void main(String[] arguments) throws IOException {
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    IndexSearcher.setMaxClauseCount(1_000_000);
    Decisions decisions = new Decisions();
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String answer = decisions.take(words(line));
      if (answer != null) {
        out.println(answer);
        out.flush();
      }
    }
  }

  private static String[] words(String line) {
    return Arrays.stream(line.split("\t", -1)).map(String::translateEscapes).toArray(String[]::new);
  }

  private String take(String[] line) throws IOException {
    switch (line[0]) {
      case "clear" -> documents.clear();
      case "document" -> documents.add(new MemoryIndex());
      case "analysed" -> analyse(line[1], line[2]);
      case "given" -> last().addField(line[1], new Analysis.Given(tokens(line[2])));
      case "values" -> last().addField(line[1], new Analysis.Given(whole(line)));
      case "ask" -> {
        return answer();
      }
      default -> parts.push(part(line));
    }
    return null;
  }

  private MemoryIndex last() {
    return documents.get(documents.size() - 1);
  }

  private void analyse(String field, String text) {
    last().addField(field, text, field.startsWith("lead-") ? lead : words);
  }

  private static List<String[]> tokens(String line) {
    List<String[]> tokens = new ArrayList<>();
    if (!line.isEmpty()) {
      for (String token : line.split(" ")) {
        tokens.add(token.split("\u001f"));
      }
    }
    return tokens;
  }

  private static List<String[]> whole(String[] line) {
    List<String[]> whole = new ArrayList<>();
    for (String value : Arrays.asList(line).subList(2, line.length)) {
      whole.add(new String[] {value});
    }
    return whole;
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

  private String answer() throws IOException {
    Part part = parts.pop();
    StringBuilder answers = new StringBuilder();
    for (MemoryIndex document : documents) {
      IndexSearcher searcher = document.createSearcher();
      searcher.setQueryCache(null);
      answers.append(searcher.count(part.query(searcher.getIndexReader())));
    }
    return answers.toString();
  }
}
