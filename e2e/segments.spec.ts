/** Segments by the keyboard alone on ESC-10: drawn, cut, joined, nudged, snapped, copied to tiers; the database says so. */
import AxeBuilder from '@axe-core/playwright'
import { expect, test } from '@playwright/test'
import { takeShot } from './support/app'
import { esc10Folder, noEsc10 } from './support/data'
import { countIn, readCatalog } from './support/database'
import { makeEsc10, openEsc10 } from './support/esc10'

test.skip(esc10Folder === null, noEsc10)

test('segments are edited by keys, tier by tier', async () => {
  const made = await makeEsc10('segments')
  const { catalog } = made
  const { page, close } = await openEsc10(made)
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key)
  }
  const read = () =>
    readCatalog<{ id: string; start: number; end: number; low: number | null; high: number | null; tier: string }>(
      catalog,
      `select id, start_seconds as start, end_seconds as end, low_hz as low, high_hz as high, tier from annotations
         order by start_seconds, end_seconds, tier`,
    )
  const spans = (): number[][] => read().map(({ start, end }) => [Number(start.toFixed(4)), Number(end.toFixed(4))])
  const look = async (name: string): Promise<void> => {
    for (const theme of ['light', 'dark']) {
      await page.evaluate((to) => (document.documentElement.dataset.theme = to), theme)
      await page.waitForTimeout(250)
      await takeShot(page, `segments-${name}-${theme}`)
      const { violations } = await new AxeBuilder({ page }).analyze()
      expect(
        violations
          .filter(({ impact }) => impact === 'serious' || impact === 'critical')
          .map(({ id, nodes }) => [id, nodes.map((node) => node.target)]),
      ).toEqual([])
    }
  }
  const grid = page.getByRole('grid', { name: 'Segments' })
  const editor = page.getByRole('group', { name: 'Editor' })
  const position = page.getByRole('slider', { name: 'Position in the clip' })

  await expect(page.getByRole('grid', { name: 'Clips' })).toHaveAttribute('aria-rowcount', '321')
  await press('Alt+2')
  await expect(page.getByRole('img', { name: 'Spectrogram' })).toBeVisible()
  await expect(page.getByRole('group', { name: 'Editor' })).toBeFocused()
  await expect(position).toHaveAttribute('aria-valuemax', /^5/)

  await test.step('draw from the playhead to the playhead, and type the numbers', async () => {
    await press('s', '.', '.', 's')
    await expect.poll(spans).toEqual([[0, 2]])
    await expect(grid.getByRole('row')).toHaveCount(2)
    await press('t')
    await expect(page.getByRole('textbox', { name: 'Start' })).toBeFocused()
    await page.keyboard.type('0.5')
    await press('Tab')
    await page.keyboard.type('2.5')
    await press('Tab')
    await page.keyboard.type('800')
    await press('Tab')
    await page.keyboard.type('6k')
    await press('Enter', 'Escape')
    await expect.poll(read).toMatchObject([{ start: 0.5, end: 2.5, low: 800, high: 6000, tier: 'human' }])
  })

  await test.step('the playhead moves only when asked', async () => {
    await expect(position).toHaveAttribute('aria-valuenow', '2')
    await page.getByRole('group', { name: 'Editor' }).focus()
    await press('ArrowUp', 'ArrowDown')
    await expect(position).toHaveAttribute('aria-valuenow', '2')
  })

  await test.step('hidden bounds survive moves', async () => {
    await press('Shift+B', 'Control+Shift+ArrowRight', 'Control+Shift+ArrowRight', 'Shift+B')
    await expect.poll(read).toMatchObject([{ start: 0.52, end: 2.52, low: 800, high: 6000 }])
    await press('Control+Shift+ArrowLeft', 'Control+Shift+ArrowLeft')
    await expect.poll(spans).toEqual([[0.5, 2.5]])
  })

  await test.step('nudge by 1 ms, 10 ms and one frame', async () => {
    await press('Shift+ArrowRight', 'Control+ArrowRight')
    await expect.poll(spans).toEqual([[0.51, 2.51]])
    await press('g', 'g', 'Shift+ArrowRight', 'Control+ArrowLeft')
    await expect.poll(spans).toEqual([[0.509, 2.511]])
    await press('g', 'g', 'Shift+ArrowRight')
    await expect.poll(() => Math.abs(read()[0]!.end - 2.511)).toBeGreaterThan(0.002)
    await press('Control+z', 'Control+z', 'Control+z', 'Control+z', 'Control+z')
    await expect.poll(spans).toEqual([[0.5, 2.5]])
    await press('g', 'g')
  })

  await test.step('split at the playhead, label the halves, merge them again', async () => {
    await press('x')
    await expect.poll(spans).toEqual([
      [0.5, 2],
      [2, 2.5],
    ])
    await press('1')
    await expect.poll(() => countIn(catalog, 'select count(*) from annotation_labels')).toBe(1)
    await press('ArrowUp', '2', 'Shift+ArrowDown')
    await expect(grid.locator('[aria-selected="true"]')).toHaveCount(2)
    await look('split')
    await press('j')
    await expect.poll(read).toMatchObject([{ start: 0.5, end: 2.5, low: 800, high: 6000 }])
    expect(countIn(catalog, 'select count(*) from annotation_labels where state = 1')).toBe(2)
  })

  await test.step('say that a class cannot be told', async () => {
    await press('u')
    await expect(page.getByRole('combobox', { name: 'Class that cannot be told' })).toBeFocused()
    await page.keyboard.type('rain')
    await press('Enter')
    await expect.poll(() => countIn(catalog, 'select count(*) from annotation_doubts')).toBe(1)
    await expect(grid.getByText('cannot tell: rain')).toBeAttached()
    await expect(editor).toBeFocused()
    await press('Shift+L')
    await expect
      .poll(() =>
        countIn(
          catalog,
          `select count(*) from annotation_labels l join ontology_classes k on k.key = l.class_key where k.name = 'rain' and l.state = 1`,
        ),
      )
      .toBe(1)
    expect(countIn(catalog, 'select count(*) from annotation_doubts')).toBe(0)
  })

  await test.step('what is typed wrongly says how it is written, and Escape leads back to the editor', async () => {
    const before = spans()
    await press('t')
    await page.keyboard.type('soon')
    await press('Enter')
    await expect(page.getByRole('alert').filter({ hasText: 'Such as 1:02.5' })).toBeVisible()
    await press('Escape')
    await expect(page.getByRole('alert').filter({ hasText: 'Such as' })).toHaveCount(0)
    await expect(editor).toBeFocused()
    await press('Shift+N')
    await expect(page.getByRole('textbox', { name: 'Note' })).toBeFocused()
    await press('Escape')
    await expect(editor).toBeFocused()
    await expect(grid.locator('[aria-selected="true"]')).toHaveCount(1)
    expect(spans()).toEqual(before)
  })

  await test.step('edges go to the playhead, to zero crossings, and to onsets when they were shown', async () => {
    await press('Home', '.', '[')
    await expect.poll(() => spans()[0]![0]).toBe(1)
    await press('.', '.', '.', ']')
    await expect.poll(spans).toEqual([[1, 4]])
    // Around these places the clip is digital silence, over which no edge leaps.
    await press('Shift+Z')
    await expect(page.getByText('The sound does not cross zero near the edges').first()).toBeVisible()
    expect(spans()).toEqual([[1, 4]])
    await press('t')
    await expect(page.getByRole('textbox', { name: 'Start' })).toBeFocused()
    await page.keyboard.type('2.3')
    await press('Tab')
    await page.keyboard.type('2.5')
    await press('Enter', 'Escape')
    await expect.poll(spans).toEqual([[2.3, 2.5]])
    await page.getByRole('group', { name: 'Editor' }).focus()
    await press('Shift+Z')
    await expect.poll(() => read()[0]!.start).not.toBe(2.3)
    for (const [edge, before] of [
      [read()[0]!.start, 2.3],
      [read()[0]!.end, 2.5],
    ] as const)
      expect(Math.abs(edge - before)).toBeLessThan(0.02)
    await press('Control+z')
    await expect.poll(spans).toEqual([[2.3, 2.5]])
    // Back to the long one; numbers were typed one after the other, so there are two steps.
    await press('Control+z', 'Control+z')
    await expect.poll(spans).toEqual([[1, 4]])
    await expect(grid.getByRole('row').nth(1)).toContainText('0:04.000')
  })

  await test.step('copy to another tier, lock it, and compare', async () => {
    await press('Alt+Shift+ArrowDown', 'Alt+Shift+ArrowDown', 'Alt+Shift+C')
    await expect.poll(() => read().map(({ tier }) => tier)).toEqual(['human', 'reviewer'])
    await press('Shift+ArrowRight')
    await expect.poll(() => read().find(({ tier }) => tier === 'reviewer')!.end).toBeCloseTo(4.01)
    await press('Alt+Shift+L')
    await expect.poll(() => countIn(catalog, 'select count(*) from tier_locks')).toBe(1)
    const before = spans()
    await press('Shift+ArrowRight')
    await expect(page.getByText('The tier “reviewer” is locked by').first()).toBeVisible()
    // What the host refuses is taken back.
    await expect(grid.getByRole('row', { name: /reviewer/ })).toContainText('0:04.010')
    expect(spans()).toEqual(before)
    await press('Alt+d')
    await expect(page.getByText('1 segment alike')).toBeVisible()
    await look('tiers')
    await press('Alt+Shift+L', 'Alt+d', 'Alt+h')
    await expect(grid.getByRole('row')).toHaveCount(2)
    await press('Alt+h', 'Alt+Shift+ArrowUp', 'Alt+Shift+ArrowUp')
    await expect(grid.getByRole('row')).toHaveCount(3)
  })

  await test.step('a tier of one’s own is made by its name, and written to', async () => {
    await press('Alt+Shift+N')
    await expect(page.getByRole('textbox', { name: 'New tier' })).toBeFocused()
    await page.keyboard.type('birds at dawn')
    await look('new-tier')
    await press('Enter')
    await expect(page.getByRole('radio', { name: 'birds at dawn' })).toBeChecked()
    await expect(page.getByRole('group', { name: 'Editor' })).toBeFocused()
    await press('Home', 's', '.', 's')
    await expect.poll(() => read().map(({ tier }) => tier)).toEqual(['birds at dawn', 'human', 'reviewer'])
    await press('t')
    await expect(page.getByRole('textbox', { name: 'Start' })).toBeFocused()
    await press('Tab')
    await page.keyboard.type('0.6')
    await press('Enter', 'Escape')
    await expect.poll(() => spans()[0]).toEqual([0, 0.6])
    await page.getByRole('group', { name: 'Editor' }).focus()
  })

  await test.step('an edge that is dragged shows where it would go, and is one edit', async () => {
    const id = read().find(({ tier }) => tier === 'birds at dawn')!.id
    const box = page.locator(`[data-segment="${id}"]`)
    const edits = (): number => countIn(catalog, `select count(*) from journal where state = 'done'`)
    const drag = async (toSeconds: number, offPixels: number): Promise<number> => {
      const { x, y, width, height } = (await box.boundingBox())!
      const pixelsPerSecond = width / spans()[0]![1]!
      const before = edits()
      await page.mouse.move(x + width, y + height / 2)
      await page.mouse.down()
      const to = x + toSeconds * pixelsPerSecond + offPixels
      for (let step = 1; step <= 8; step++)
        await page.mouse.move(x + width + ((to - x - width) * step) / 8, y + height / 2)
      // The draft is seen before it is let go, and nothing is written.
      await expect.poll(async () => (await box.boundingBox())!.width).not.toBeCloseTo(width, 0)
      expect(edits()).toBe(before)
      return before
    }
    let before = await drag(0.8, 0)
    await page.mouse.up()
    await expect.poll(() => spans()[0]![1]).toBeCloseTo(0.8, 2)
    expect(edits()).toBe(before + 1)
    await page.getByRole('group', { name: 'Editor' }).focus()
    await press('Home', 'Shift+V')
    await expect(page.getByText('Dragged edges go to').first()).toBeVisible()
    // Six pixels before the edge of another tier.
    before = await drag(1, -6)
    await expect(page.locator('.ghost').first()).toContainText('edge')
    await look('drag')
    await page.mouse.up()
    await expect.poll(() => spans()[0]).toEqual([0, 1])
    expect(edits()).toBe(before + 1)
    // Escape lets go.
    before = await drag(0.5, 0)
    await press('Escape')
    await expect(page.locator('.ghost')).toHaveCount(0)
    await page.mouse.up()
    await expect(grid.getByRole('row', { name: /birds/ })).toContainText('0:01.000')
    expect(edits()).toBe(before)
  })

  await test.step('all of it is undone, across a restart, and made again', async () => {
    const end = read()
    const steps = countIn(catalog, `select count(*) from journal where state = 'done' and kind <> 'import'`)
    for (let step = 0; step < 3; step++) await press('Control+z')
    await expect.poll(() => countIn(catalog, `select count(*) from journal where state = 'undone'`)).toBe(3)
    await page.reload()
    await expect(page.getByRole('group', { name: 'Editor' })).toBeVisible()
    for (let step = 3; step < steps; step++) {
      await press('Control+z')
      await expect.poll(() => countIn(catalog, `select count(*) from journal where state = 'undone'`)).toBe(step + 1)
    }
    expect(read()).toEqual([])
    for (let step = 0; step < steps; step++) {
      await press('Control+Shift+z')
      await expect
        .poll(() => countIn(catalog, `select count(*) from journal where state = 'undone'`))
        .toBe(steps - step - 1)
    }
    expect(read()).toEqual(end)
  })

  await test.step('what the host has not kept yet is marked after a moment, until it has', async () => {
    let delayMs = 0
    await page.routeWebSocket(/\/rpc/, (socket) => {
      const host = socket.connectToServer()
      host.onMessage((message) => void setTimeout(() => socket.send(message), delayMs))
    })
    await page.reload()
    await expect(grid.getByRole('row')).toHaveCount(4)
    await expect(page.getByRole('group', { name: 'Editor' })).toBeFocused()
    await expect(page.locator('.digit kbd').first()).toBeVisible()
    await press('ArrowDown')
    const row = grid.locator('[aria-selected="true"]')
    await expect(row).toHaveCount(1)
    await expect(page.locator('[data-pending]')).toHaveCount(0)
    delayMs = 3000
    await press('Shift+ArrowRight', '1')
    await expect(row).toHaveAttribute('data-pending', 'true')
    await expect(row.locator('[data-pending]')).toHaveCount(1)
    await expect(grid.getByText('saving…')).toBeVisible()
    await takeShot(page, 'segments-unsaved-dark')
    delayMs = 0
    await expect(page.locator('[data-pending]')).toHaveCount(0)
    await expect(grid.getByText('saving…')).toHaveCount(0)
  })
  await close()
})
