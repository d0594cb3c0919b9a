/** One stop for Tab in a list or a grid of buttons; arrow keys walk among them. */
import { type Ref, ref } from 'vue'

export interface Roving {
  /** The button that Tab comes to. */
  active: Ref<{ row: string; column: number }>
  /** 0 for that button, −1 for all others. @param first the row that has it where the active one is gone */
  tabIndexOf(row: string, column: number, rows: readonly string[]): 0 | -1
  /** Walks on an arrow key, Home or End. @returns whether it was one of these */
  walk(event: KeyboardEvent, rows: readonly string[], row: string, column: number, columns: number): boolean
}

/**
 * @param root of the buttons, each with `data-row` (its place in the list) and `data-column`
 */
export function useRoving(root: Ref<HTMLElement | null>): Roving {
  const active = ref({ row: '', column: 0 })

  const tabIndexOf: Roving['tabIndexOf'] = (row, column, rows) => {
    const own = rows.includes(active.value.row) ? active.value : { row: rows[0], column: 0 }
    return own.row === row && own.column === column ? 0 : -1
  }

  const walk: Roving['walk'] = (event, rows, row, column, columns) => {
    const at = rows.indexOf(row)
    const to = {
      ArrowDown: [Math.min(at + 1, rows.length - 1), column],
      ArrowUp: [Math.max(at - 1, 0), column],
      ArrowRight: [at, Math.min(column + 1, columns - 1)],
      ArrowLeft: [at, Math.max(column - 1, 0)],
      Home: [0, column],
      End: [rows.length - 1, column],
    }[event.key]
    if (!to || event.altKey || event.ctrlKey || event.metaKey || (columns === 1 && /Left|Right/.test(event.key)))
      return false
    event.preventDefault()
    event.stopPropagation()
    const [place, across] = to as [number, number]
    active.value = { row: rows[place]!, column: across }
    root.value?.querySelector<HTMLElement>(`[data-row="${place}"][data-column="${across}"]`)?.focus()
    return true
  }

  return { active, tabIndexOf, walk }
}
