import { SHELL } from "../messages/shell.ts";
import { useMessages } from "../messages/table.ts";
import { Dialog } from "./dialog.tsx";

/** All keys, and where the reader's data goes: nowhere. */
export function Help({ onClose }: { readonly onClose: () => void }) {
  const words = useMessages(SHELL);
  return (
    <Dialog title={words.help} onClose={onClose}>
      <table class="keys">
        <tbody>
          {words.keys.map(([keys, what]) => (
            <tr key={keys}>
              <th scope="row">
                <kbd>{keys}</kbd>
              </th>
              <td>{what}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="muted">{words.privateLong}</p>
    </Dialog>
  );
}
