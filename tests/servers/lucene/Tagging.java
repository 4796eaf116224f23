import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.en.EnglishPossessiveFilter;
import org.apache.lucene.analysis.standard.StandardTokenizer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.TextField;
import org.apache.lucene.monitor.MatchingQueries;
import org.apache.lucene.monitor.Monitor;
import org.apache.lucene.monitor.MonitorConfiguration;
import org.apache.lucene.monitor.MonitorQuery;
import org.apache.lucene.monitor.QueryMatch;
import org.apache.lucene.monitor.TermFilteredPresearcher;
import org.apache.lucene.search.IndexSearcher;

/**
 * Lucene Monitor over stories: `monitor NAME` and its queries (parts, then `register ID`), `ready`; `story TEXT`;
 * then `warm`, `round` and `matches` over a range of the stories, in one thread.
 */
public final class Tagging {
  private static final double NANO = 1e-9;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final Reading reading = new Reading();
  private final Map<String, Monitor> monitors = new LinkedHashMap<>();
  private final List<MonitorQuery> queries = new ArrayList<>();
  private final List<String> stories = new ArrayList<>();
  private String name;
  private long matched = 0;

  public static void main(String[] arguments) throws IOException {
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    IndexSearcher.setMaxClauseCount(1_000_000);
    Tagging tagging = new Tagging();
    try {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String answer = tagging.take(Reading.words(line));
        if (answer != null) {
          out.println(answer);
          out.flush();
        }
      }
    } catch (IOException | RuntimeException error) {
      error.printStackTrace();
      System.exit(1); // monitors' threads would keep the process
    }
    System.exit(0);
  }

  /** The least that gives the matches which are compared: words, possessives, case. */
  private static final class Words extends Analyzer {
    @Override
    protected TokenStreamComponents createComponents(String field) {
      Tokenizer cut = new StandardTokenizer();
      return new TokenStreamComponents(cut, new LowerCaseFilter(new EnglishPossessiveFilter(cut)));
    }
  }

  private String take(String[] line) throws IOException {
    switch (line[0]) {
      case "monitor" -> name = line[1];
      case "register" -> queries.add(new MonitorQuery(line[1], reading.query().query(null)));
      case "story" -> stories.add(line[1]);
      case "ready" -> {
        return Double.toString(load());
      }
      case "warm" -> {
        return warm(line[1], Double.parseDouble(line[2]));
      }
      case "round" -> {
        return Double.toString(round(line[1], Integer.parseInt(line[2]), Integer.parseInt(line[3])));
      }
      case "matches" -> {
        return matches(line[1], Integer.parseInt(line[2]), Integer.parseInt(line[3]));
      }
      default -> reading.take(line);
    }
    return null;
  }

  private double load() throws IOException {
    long began = System.nanoTime();
    Monitor monitor = new Monitor(new Words(), new TermFilteredPresearcher(), new MonitorConfiguration());
    monitor.register(queries);
    queries.clear();
    monitors.put(name, monitor);
    return (System.nanoTime() - began) * NANO;
  }

  private String warm(String monitor, double seconds) throws IOException {
    long end = System.nanoTime() + (long) (seconds / NANO);
    int rounds = 0;
    while (System.nanoTime() < end) {
      round(monitor, 0, stories.size());
      rounds++;
    }
    return Integer.toString(rounds);
  }

  /** The time that this thread had a core: what else the machine does is not Lucene's. */
  private double round(String monitor, int from, int to) throws IOException {
    Monitor asked = monitors.get(monitor);
    long began = THREADS.getCurrentThreadCpuTime();
    for (String story : stories.subList(from, to)) {
      matched += match(asked, story).getMatchCount();
    }
    return (THREADS.getCurrentThreadCpuTime() - began) * NANO;
  }

  private String matches(String monitor, int from, int to) throws IOException {
    StringBuilder found = new StringBuilder();
    for (String story : stories.subList(from, to)) {
      for (QueryMatch match : match(monitors.get(monitor), story).getMatches()) {
        found.append(match.getQueryId()).append(' ');
      }
      found.append(';');
    }
    return found.toString();
  }

  private static MatchingQueries<QueryMatch> match(Monitor monitor, String story) throws IOException {
    Document document = new Document();
    document.add(new TextField("body", story, Field.Store.NO));
    return monitor.match(document, QueryMatch.SIMPLE_MATCHER);
  }
}
